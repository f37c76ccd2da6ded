# Samples for the administrator, and what the policy build reads.
sarketcdir = $(sarkdatadir)/etc
dist_sarketc_DATA = %D%/sark.conf
sarketclighttpddir = $(sarketcdir)/lighttpd
dist_sarketclighttpd_DATA = %D%/lighttpd/sark.conf %D%/lighttpd/sark-tls.conf
sarketcapache2dir = $(sarketcdir)/apache2
dist_sarketcapache2_DATA = \
	%D%/apache2/sark-fcgid.conf \
	%D%/apache2/sark-http.conf \
	%D%/apache2/sark-tls.conf \
	%D%/apache2/sark.conf
sarketcnginxdir = $(sarketcdir)/nginx
dist_sarketcnginx_DATA = %D%/nginx/sark.conf %D%/nginx/sark-tls.conf

# Made of *.in, as they name folders; the Debian package puts them in place.
sarksysusersdir = $(sarketcdir)/sysusers.d
dist_sarksysusers_DATA = %D%/sysusers.d/sark.conf
sarktmpfilesdir = $(sarketcdir)/tmpfiles.d
sarktmpfiles_DATA = etc/tmpfiles.d/sark.conf
sarkcrondir = $(sarketcdir)/cron.d
sarkcron_DATA = etc/cron.d/sark
sarklogrotatedir = $(sarketcdir)/logrotate.d
sarklogrotate_DATA = etc/logrotate.d/sark
sarksystemddir = $(sarketcdir)/systemd
units_made = \
	etc/systemd/sark-admin.service etc/systemd/sark-admin.socket \
	etc/systemd/sark-audit.service etc/systemd/sark-audit.socket \
	etc/systemd/sark-login.service etc/systemd/sark-login.socket \
	etc/systemd/sark-policy.service etc/systemd/sark-policy.socket \
	etc/systemd/sark-refresh.service etc/systemd/sark-refresh.socket \
	etc/systemd/sark-registry.service etc/systemd/sark-registry.socket \
	etc/systemd/sark-status.service etc/systemd/sark-status.socket
units_placed = etc/systemd/sark-audit-load.service \
	etc/systemd/sark-trace-forward.service etc/systemd/sark.target
sarksystemd_DATA = $(units_made) $(units_placed)

placed = $(units_placed) $(sarktmpfiles_DATA) $(sarkcron_DATA) \
	$(sarklogrotate_DATA)
CLEANFILES += $(units_made) $(placed)
$(placed): Makefile etc/systemd/.hardening
	$(AM_V_GEN)$(MKDIR_P) $(@D) && \
	$(SED) -e '/^@hardening[@]$$/{r etc/systemd/.hardening' -e 'd' -e '}' \
	    $(srcdir)/$@.in | $(place) > $@.tmp && mv $@.tmp $@
$(units_made): Makefile etc/systemd/.hardening
	$(AM_V_GEN)name=`basename $@`; kind=$${name##*.}; name=$${name%.*}; \
	$(SED) -e '/^@hardening[@]$$/{r etc/systemd/.hardening' -e 'd' -e '}' \
	    -e "s|@name[@]|$$name|g" \
	    $(srcdir)/etc/systemd/program.$$kind.in | $(place) > $@.tmp && \
	mv $@.tmp $@
# What all services of SARK may not do.
etc/systemd/.hardening: $(top_srcdir)/etc/systemd/hardening.in
	$(AM_V_at)$(MKDIR_P) $(@D) && cp $(top_srcdir)/etc/systemd/hardening.in $@
CLEANFILES += etc/systemd/.hardening
etc/tmpfiles.d/sark.conf: $(top_srcdir)/etc/tmpfiles.d/sark.conf.in
etc/cron.d/sark: $(top_srcdir)/etc/cron.d/sark.in
etc/logrotate.d/sark: $(top_srcdir)/etc/logrotate.d/sark.in
etc/systemd/sark-audit-load.service: $(top_srcdir)/etc/systemd/sark-audit-load.service.in
etc/systemd/sark-trace-forward.service: $(top_srcdir)/etc/systemd/sark-trace-forward.service.in
etc/systemd/sark.target: $(top_srcdir)/etc/systemd/sark.target.in
$(units_made): $(top_srcdir)/etc/systemd/program.service.in \
	$(top_srcdir)/etc/systemd/program.socket.in

EXTRA_DIST += %D%/README %D%/debian-packages \
	%D%/cron.d/sark.in %D%/logrotate.d/sark.in %D%/tmpfiles.d/sark.conf.in \
	%D%/systemd/hardening.in %D%/systemd/program.service.in \
	%D%/systemd/program.socket.in %D%/systemd/sark-audit-load.service.in \
	%D%/systemd/sark-trace-forward.service.in \
	%D%/systemd/sark.target.in \
	%D%/quickstart/build.sh \
	%D%/quickstart/demo.sh \
	%D%/quickstart/place.sh \
	%D%/quickstart/servers.sh \
	%D%/quickstart/setup.sh
include %D%/policy/local.mk
