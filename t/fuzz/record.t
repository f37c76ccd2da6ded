# Records of Redis and of the policy.

use v5.36;
use Sark::Fuzz;

fuzz('record');
