# FastCGI records.

use v5.36;
use Sark::Fuzz;

fuzz('fcgi');
