PERL_TESTS += \
	%D%/dist.t \
	%D%/identity.t \
	%D%/packages.t \
	%D%/policy.t \
	%D%/quickstart.t \
	%D%/rpm.t \
	%D%/tour.t \
	%D%/webserver.t
