libsarkcommon_la_SOURCES += \
	%D%/digest.c %D%/digest.h \
	%D%/hash_slots.c %D%/hash_slots.h \
	%D%/es256.c %D%/es256.h \
	%D%/jwt.c %D%/jwt.h \
	%D%/keyfile.c %D%/keyfile.h \
	%D%/keychange.c %D%/keychange.h \
	%D%/keylist.c %D%/keylist.h \
	%D%/keypair.c %D%/keypair.h \
	%D%/keyring.c %D%/keyring.h \
	%D%/password.c %D%/password.h \
	%D%/pepper.c %D%/pepper.h \
	%D%/seal.c %D%/seal.h \
	%D%/secret.c %D%/secret.h \
	%D%/version.c %D%/version.h
