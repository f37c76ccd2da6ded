# What the Perl tests stand on.
EXTRA_DIST += \
	%D%/Sark.pm \
	%D%/Sark/Apache.pm \
	%D%/Sark/Authenticator.pm \
	%D%/Sark/Attack.pm \
	%D%/Sark/Authority.pm \
	%D%/Sark/Client.pm \
	%D%/Sark/Collector.pm \
	%D%/Sark/Debian.pm \
	%D%/Sark/Driver.pm \
	%D%/Sark/FCGI.pm \
	%D%/Sark/Fault.pm \
	%D%/Sark/Fault/Build.pm \
	%D%/Sark/Fault/Checker.pm \
	%D%/Sark/Fault/History.pm \
	%D%/Sark/Fault/Load.pm \
	%D%/Sark/Fault/Proxy.pm \
	%D%/Sark/Fault/Relay.pm \
	%D%/Sark/Fault/Row.pm \
	%D%/Sark/Fuzz.pm \
	%D%/Sark/LDAP.pm \
	%D%/Sark/LDAPProxy.pm \
	%D%/Sark/Lighttpd.pm \
	%D%/Sark/Load.pm \
	%D%/Sark/Nginx.pm \
	%D%/Sark/OTLP.pm \
	%D%/Sark/PostgreSQL.pm \
	%D%/Sark/Program.pm \
	%D%/Sark/Proxy.pm \
	%D%/Sark/Quickstart.pm \
	%D%/Sark/Redis.pm \
	%D%/Sark/Settings.pm \
	%D%/Sark/Skip.pm \
	%D%/Sark/Source.pm \
	%D%/Sark/Temp.pm \
	%D%/Sark/Trace.pm \
	%D%/Sark/Tree.pm \
	%D%/Sark/WebServer.pm \
	%D%/Sark/Wire.pm
PERL_TESTS += %D%/otlp.t %D%/servers.t
