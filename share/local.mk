dist_sarkdata_DATA += %D%/common-passwords %D%/openapi.json
EXTRA_DIST += %D%/README
