package Sark::Fault::Row;

# A row of the fault catalogue as a test has it.

use v5.36;
use Exporter 'import';
use Test::More;
use Time::HiRes ();

our @EXPORT = qw(long row);

# Whether the long version was asked for: t/fault/run --all.
sub long () {
	return $ENV{SARK_FAULT_ALL} ? 1 : 0;
}

# A row of the catalogue is a subtest whose name starts with its id.  With
# SARK_FAULT_ROWS="G-01 P-02" the others are left out.
sub row ($name, $do) {
	my ($id) = $name =~ /^(\S+-\d+)/ or die "row: $name\n";
	my $only = $ENV{SARK_FAULT_ROWS} // '';

	return if $only ne '' && $only !~ /(?:^|\s)\Q$id\E(?:\s|$)/;
	my $start = Time::HiRes::time();
	my $held = subtest($name, $do);
	note sprintf 'row %s|%s|%s|%.1f', $id, $name =~ s/^\S+\s*//r,
	    $held ? 'yes' : 'no', Time::HiRes::time() - $start;
}

1;
