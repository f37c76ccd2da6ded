# Access tokens.

use v5.36;
use Sark::Fuzz;

fuzz('jwt');
