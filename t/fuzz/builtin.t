

use v5.36;
use Sark::Fuzz;

fuzz('builtin', 1 / 4);
