PERL_TESTS += \
	%D%/attacks.t \
	%D%/banned.t \
	%D%/contrib.t \
	%D%/faults.t \
	%D%/format.t \
	%D%/layers.t \
	%D%/man.t \
	%D%/names.t \
	%D%/openapi.t \
	%D%/permissions.t \
	%D%/settings.t \
	%D%/sizes.t \
	%D%/units.t
