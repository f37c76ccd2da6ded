# Tables of fields.

use v5.36;
use Sark::Fuzz;

fuzz('field');
