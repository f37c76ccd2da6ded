# Segments of the spool.

use v5.36;
use Sark::Fuzz;

fuzz('spool');
