# The functions of Rego that we bring.

use v5.36;
use Sark::Fuzz;

fuzz('builtin');
