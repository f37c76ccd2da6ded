package Sark::Fault::Checker;

# Compares a history with what is there at the end, as Jepsen's total-queue
# and set-full do.
#
#	lost		acknowledged and not there
#	unexpected	there and never tried, or tried and refused
#	duplicated	there more than once
#	recovered	there though nobody knew (no mistake)
#	wrong		answers that no client may see (A2, A3)
#
# What is there: audit events by the id of their request, and the rows that
# operations make, by a name that has the operation's id.

use v5.36;

# What an operation leaves: the type of its event, and its row if it has one.
# A refusal leaves one event of another type where it is audited.
our %leaves = (
	decide => { event => 'policy_decision' },
	deny => { event => 'policy_decision' },
	login => { event => 'authentication_success', row => 1,
		refused => 'authentication_failure' },
	wrong_login => { event => 'authentication_success', row => 1,
		refused => 'authentication_failure' },
	register => { event => 'server_registered', row => 1 },
	forbidden => { event => 'server_registered', row => 1,
		refused => 'access_denied' },
);

# $state->() gives { events => [ [ request id, type ] ... ],
# rows => [ operation's id ... ] }; what is there now does not count later.
sub new ($class, $history, $state) {
	my $self = bless { history => $history, state => $state }, $class;

	$self->{before} = count($state->());
	return $self;
}

sub count ($state) {
	my (%event, %row);

	$event{ $_->[0] }{ $_->[1] }++ for @{ $state->{events} };
	$row{$_}++ for @{ $state->{rows} };
	return { event => \%event, row => \%row };
}

sub check ($self) {
	my $now = count($self->{state}->());
	my $ops = $self->{history}->operations;
	my %found = map { $_ => [] } qw(lost unexpected duplicated recovered
	    wrong);

	for my $id (sort keys %$ops) {
		my $op = $ops->{$id};
		push @{ $found{wrong} }, "$id $op->{f}: $op->{wrong}"
		    if $op->{wrong};
		check_effects($op, $id, $now, \%found);
	}
	for my $id (keys %{ $now->{event} }) {
		push @{ $found{unexpected} }, "event $id" if !$ops->{$id}
		    && !$self->{before}{event}{$id};
	}
	for my $id (keys %{ $now->{row} }) {
		push @{ $found{unexpected} }, "row $id" if !$ops->{$id}
		    && !$self->{before}{row}{$id};
	}
	$found{$_} = [ sort @{ $found{$_} } ] for keys %found;
	return \%found;
}

sub check_effects ($op, $id, $now, $found) {
	my $leaves = $leaves{ $op->{f} } or die "operation $op->{f}?\n";
	my $events = $now->{event}{$id} // {};

	check_one($op, "event $id $op->{f}",
	    $events->{ $leaves->{event} } // 0, $found);
	check_one($op, "row $id $op->{f}", $now->{row}{$id} // 0, $found)
	    if $leaves->{row};
	return if !$leaves->{refused};

	my $refusals = $events->{ $leaves->{refused} } // 0;
	push @{ $found->{lost} }, "refusal $id $op->{f}"
	    if $op->{refused} && $refusals == 0;
	push @{ $found->{duplicated} }, "refusal $id $op->{f}"
	    if $refusals > 1;
}

sub check_one ($op, $what, $n, $found) {
	push @{ $found->{duplicated} }, $what if $n > 1;
	push @{ $found->{lost} }, $what if $n == 0 && $op->{end} eq 'ok';
	push @{ $found->{unexpected} }, "$what, refused"
	    if $n > 0 && $op->{end} eq 'fail';
	push @{ $found->{recovered} }, $what
	    if $n > 0 && $op->{end} eq 'info';
}

1;
