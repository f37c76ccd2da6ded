# Cursors of lists.

use v5.36;
use Sark::Fuzz;

fuzz('cursor');
