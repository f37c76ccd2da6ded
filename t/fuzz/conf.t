# The text of sark.conf.

use v5.36;
use Sark::Fuzz;

fuzz('conf');
