dist_sarkdata_DATA += %D%/openapi.json
EXTRA_DIST += %D%/README
