EXTRA_DIST += %D%/rpm/sark.spec
EXTRA_DIST += %D%/README %D%/sbom
sarkprometheusdir = $(sarkdatadir)/contrib/prometheus
dist_sarkprometheus_DATA = %D%/prometheus/sark.rules.yml \
	%D%/prometheus/sark.rules.test.yml
sarkgrafanadir = $(sarkdatadir)/contrib/grafana
dist_sarkgrafana_DATA = %D%/grafana/sark.json
