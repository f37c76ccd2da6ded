

use v5.36;
use Sark::Fuzz;

fuzz('incoming', 1 / 4);
