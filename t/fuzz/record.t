

use v5.36;
use Sark::Fuzz;

fuzz('record', 1 / 4);
