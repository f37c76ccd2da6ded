# A request's variables.

use v5.36;
use Sark::Fuzz;

fuzz('incoming');
