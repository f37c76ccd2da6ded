# The strict JSON reader.

use v5.36;
use Sark::Fuzz;

fuzz('json');
