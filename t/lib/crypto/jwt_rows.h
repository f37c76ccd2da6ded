/*
 * The tokens of jwt_test.c: the rows of the attack catalogue by their names.
 */
#include <stddef.h>

#include "base/code.h"
#include "mint.h"

#define NOW    1800000000
#define UUID   "01890a5d-ac96-774b-bcce-b302099a8057"
#define KID    "\"kid\":\"" MINT_KID "\""
#define TYP    "\"typ\":\"at+jwt\""
#define HEADER "{\"alg\":\"ES256\"," TYP "," KID "}"
#define IDS    "\"sub\":\"" UUID "\",\"jti\":\"" UUID "\",\"sid\":\"" UUID "\""
#define WHO    "\"iss\":\"https://sark.test\",\"aud\":\"sark\""
#define PAST   "\"iat\":1799999000,\"nbf\":1799999000"
#define EXP    "\"exp\":1800000600"
#define CLAIMS "{" WHO "," IDS "," PAST "," EXP "}"

enum how {
	ES256,	  /* signed by the key of the header */
	UNSIGNED, /* a.b. */
	HMAC,	  /* by a form of the public key, arg says which */
	OTHER_KEY,
	DER,
	EDGE, /* r and s as arg says: two letters */
	HIGH_S,
	TEXT,	/* the text arg instead of a token */
	APPEND, /* arg behind a good token */
	PREPEND,
	REPLACE, /* arg[0] in a good token by arg[1], else arg behind it */
};

struct row {
	const char *name;
	enum how how;
	const char *header; /* NULL: the good one */
	const char *claims; /* NULL: the good ones */
	const char *arg;
	enum sark_code code; /* 0: INVALID_TOKEN */
};

#define TAKEN	     SARK_CODES /* a row that is to be taken */
#define ALG(value)   "{\"alg\":" value "," TYP "," KID "}"
#define WITH(member) "{\"alg\":\"ES256\"," TYP "," KID "," member "}"
#define KIDS(kid)    "{\"alg\":\"ES256\"," TYP ",\"kid\":" kid "}"
#define TYPS(typ)    "{\"alg\":\"ES256\",\"typ\":" typ "," KID "}"
#define EXPS(exp)    "{" WHO "," IDS "," PAST ",\"exp\":" exp "}"
#define TIMES(nbf, iat) \
	"{" WHO "," IDS "," EXP ",\"nbf\":" nbf ",\"iat\":" iat "}"
#define IDENT(iss, aud) \
	"{\"iss\":" iss ",\"aud\":" aud "," IDS "," PAST "," EXP "}"
#define MORE(member) "{" WHO "," IDS "," PAST "," EXP "," member "}"

/* clang-format off */
static const struct row rows[] = {
	{ "JWT-01 none, signed", ES256, ALG("\"none\"") },
	{ "JWT-01 none, unsigned", UNSIGNED, ALG("\"none\"") },
	{ "JWT-01 NONE, unsigned", UNSIGNED, ALG("\"NONE\"") },
	{ "JWT-01 nOnE, unsigned", UNSIGNED, ALG("\"nOnE\"") },
	{ "JWT-01 nOnE, signed", ES256, ALG("\"nOnE\"") },
	{ "JWT-01 empty alg", ES256, ALG("\"\"") },
	{ "JWT-01 empty alg, unsigned", UNSIGNED, ALG("\"\"") },
	{ "JWT-01 null alg", ES256, ALG("null") },
	{ "JWT-01 numeric alg", ES256, ALG("256") },
	{ "JWT-01 list alg", ES256, ALG("[\"ES256\"]") },
	{ "JWT-01 no alg", ES256, "{" TYP "," KID "}" },
	{ "JWT-01 no alg, unsigned", UNSIGNED, "{" TYP "," KID "}" },
	{ "JWT-01 ES256, unsigned", UNSIGNED },
	{ "JWT-02 HS256 by the PEM", HMAC, ALG("\"HS256\""), NULL, "pem" },
	{ "JWT-02 HS256 by the PEM, no newline", HMAC, ALG("\"HS256\""), NULL, "chomp" },
	{ "JWT-02 HS256 by a blank and the PEM", HMAC, ALG("\"HS256\""), NULL, "blank" },
	{ "JWT-02 HS256 by the DER", HMAC, ALG("\"HS256\""), NULL, "der" },
	{ "JWT-02 HS256 by the point", HMAC, ALG("\"HS256\""), NULL, "point" },
	{ "JWT-02 HS256 by x and y", HMAC, ALG("\"HS256\""), NULL, "xy" },
	{ "JWT-02 HS256 by the JWK", HMAC, ALG("\"HS256\""), NULL, "jwk" },
	{ "JWT-02 ES256 but an HMAC", HMAC, NULL, NULL, "pem" },
	{ "JWT-04 HMAC of the empty key", HMAC, ALG("\"HS256\""), NULL, "empty" },
	{ "JWT-05 ES384", ES256, ALG("\"ES384\"") },
	{ "JWT-05 ES512", ES256, ALG("\"ES512\"") },
	{ "JWT-05 ES256K", ES256, ALG("\"ES256K\"") },
	{ "JWT-05 RS256", ES256, ALG("\"RS256\"") },
	{ "JWT-05 PS256", ES256, ALG("\"PS256\"") },
	{ "JWT-05 es256", ES256, ALG("\"es256\"") },
	{ "JWT-05 another key of ours", OTHER_KEY },
	{ "JWT-06 jwk", ES256, WITH("\"jwk\":{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\",\"y\":\"AA\"}") },
	{ "JWT-08 kid ../../dev/null", ES256, KIDS("\"../../dev/null\"") },
	{ "JWT-08 kid /etc/hostname", ES256, KIDS("\"/etc/hostname\"") },
	{ "JWT-08 kid ' OR 1=1--", ES256, KIDS("\"' OR 1=1--\"") },
	{ "JWT-08 kid |id", ES256, KIDS("\"|id\"") },
	{ "JWT-08 kid with NUL", ES256, KIDS("\"test-1\\u0000\"") },
	{ "JWT-08 kid with CRLF", ES256, KIDS("\"test-1\\r\\nSET x 1\"") },
	{ "JWT-08 kid *", ES256, KIDS("\"*\"") },
	{ "JWT-08 kid empty", ES256, KIDS("\"\"") },
	{ "JWT-08 kid a number", ES256, KIDS("1") },
	{ "JWT-08 kid of 65", ES256, KIDS("\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"") },
	{ "JWT-08 kid unknown", ES256, KIDS("\"test-9\"") },
	{ "JWT-08 kid in capitals", ES256, KIDS("\"TEST-1\"") },
	{ "JWT-08 no kid", ES256, "{\"alg\":\"ES256\"," TYP "}" },
	{ "JWT-09 crit unknown", ES256, WITH("\"crit\":[\"x\"],\"x\":1") },
	{ "JWT-09 crit empty", ES256, WITH("\"crit\":[]") },
	{ "JWT-09 crit no list", ES256, WITH("\"crit\":\"exp\"") },
	{ "JWT-09 b64 false", ES256, WITH("\"b64\":false") },
	{ "JWT-09 crit b64", ES256, WITH("\"crit\":[\"b64\"],\"b64\":false") },
	{ "JWT-10 empty", TEXT, NULL, NULL, "" },
	{ "JWT-10 no dot", TEXT, NULL, NULL, "eyJhbGciOiJub25lIn0" },
	{ "JWT-10 one dot", TEXT, NULL, NULL, "e30.e30" },
	{ "JWT-10 dots only", TEXT, NULL, NULL, ".." },
	{ "JWT-10 a fourth part", APPEND, NULL, NULL, ".e30" },
	{ "JWT-10 a fifth part", APPEND, NULL, NULL, ".e30.e30" },
	{ "JWT-10 trailing dot", APPEND, NULL, NULL, "." },
	{ "JWT-10 trailing blank", APPEND, NULL, NULL, " " },
	{ "JWT-10 trailing newline", APPEND, NULL, NULL, "\n" },
	{ "JWT-10 leading blank", PREPEND, NULL, NULL, " " },
	{ "JWT-10 leading dot", PREPEND, NULL, NULL, "." },
	{ "JWT-10 JSON serialization", TEXT, NULL, NULL,
	  "{\"protected\":\"e30\",\"payload\":\"e30\",\"signature\":\"AA\"}" },
	{ "JWT-10 header no object", ES256, "[]" },
	{ "JWT-10 header no JSON", ES256, "x" },
	{ "JWT-10 claims no object", ES256, NULL, "[]" },
	{ "JWT-10 claims no JSON", ES256, NULL, "x" },
	{ "JWT-11 padding", APPEND, NULL, NULL, "=" },
	{ "JWT-11 double padding", APPEND, NULL, NULL, "==" },
	{ "JWT-11 plus and slash", REPLACE, NULL, NULL, "+/" },
	{ "JWT-11 unused bits", REPLACE, NULL, NULL, "bits" },
	{ "JWT-11 invalid character", REPLACE, NULL, NULL, "*" },
	{ "JWT-12 sub twice", ES256, NULL, MORE("\"sub\":\"" UUID "\"") },
	{ "JWT-12 roles twice", ES256, NULL, MORE("\"roles\":[],\"roles\":[\"admin\"]") },
	{ "JWT-12 alg twice", ES256, "{\"alg\":\"none\",\"alg\":\"ES256\"," TYP "," KID "}" },
	{ "JWT-12 alg twice, escaped", ES256, "{\"\\u0061lg\":\"ES256\",\"alg\":\"ES256\"," TYP "," KID "}" },
	{ "JWT-13 NUL", ES256, NULL, MORE("\"name\":\"a\\u0000b\"") },
	{ "JWT-13 invalid UTF-8", ES256, NULL, MORE("\"name\":\"\xff\xfe\"") },
	{ "JWT-13 overlong UTF-8", ES256, NULL, MORE("\"name\":\"\xc0\xaf\"") },
	{ "JWT-13 lone surrogate", ES256, NULL, MORE("\"name\":\"\\ud800\"") },
	{ "JWT-14 no exp", ES256, NULL, "{" WHO "," IDS "," PAST "}" },
	{ "JWT-14 exp now, within the leeway", ES256, NULL, EXPS("1800000000"), NULL, TAKEN },
	{ "JWT-14 exp now - leeway + 1", ES256, NULL, EXPS("1799999996"), NULL, TAKEN },
	{ "JWT-14 exp now - leeway", ES256, NULL, EXPS("1799999995"), NULL, SARK_TOKEN_EXPIRED },
	{ "JWT-14 exp now - leeway - 1", ES256, NULL, EXPS("1799999994"), NULL, SARK_TOKEN_EXPIRED },
	{ "JWT-14 exp a string", ES256, NULL, EXPS("\"1800000600\"") },
	{ "JWT-14 exp 1e300", ES256, NULL, EXPS("1e300") },
	{ "JWT-14 exp -1", ES256, NULL, EXPS("-1") },
	{ "JWT-14 exp 2^63", ES256, NULL, EXPS("9223372036854775808") },
	{ "JWT-14 exp null", ES256, NULL, EXPS("null") },
	{ "JWT-14 exp true", ES256, NULL, EXPS("true") },
	{ "JWT-14 exp 1.5, long ago", ES256, NULL, EXPS("1.5"), NULL, SARK_TOKEN_EXPIRED },
	{ "JWT-14 exp a fraction", ES256, NULL, EXPS("1800000600.5"), NULL, TAKEN },
	{ "JWT-15 nbf beyond the leeway", ES256, NULL, TIMES("1800000006", "1799999000") },
	{ "JWT-15 iat beyond the leeway", ES256, NULL, TIMES("1799999000", "1800000006") },
	{ "JWT-15 nbf and iat within it", ES256, NULL, TIMES("1800000005", "1800000005"), NULL, TAKEN },
	{ "JWT-15 no nbf", ES256, NULL, "{" WHO "," IDS "," EXP ",\"iat\":1799999000}" },
	{ "JWT-15 no iat", ES256, NULL, "{" WHO "," IDS "," EXP ",\"nbf\":1799999000}" },
	{ "JWT-16 another issuer", ES256, NULL, IDENT("\"https://other.test\"", "\"sark\"") },
	{ "JWT-16 issuer with a slash", ES256, NULL, IDENT("\"https://sark.test/\"", "\"sark\"") },
	{ "JWT-16 no issuer", ES256, NULL, IDENT("null", "\"sark\"") },
	{ "JWT-16 another audience", ES256, NULL, IDENT("\"https://sark.test\"", "\"other\"") },
	{ "JWT-16 list of audiences", ES256, NULL, IDENT("\"https://sark.test\"", "[\"other\",\"sark\"]") },
	{ "JWT-16 no audience", ES256, NULL, IDENT("\"https://sark.test\"", "null") },
	{ "JWT-17 ID token", ES256, TYPS("\"JWT\"") },
	{ "JWT-17 refresh token", ES256, TYPS("\"rt+jwt\"") },
	{ "JWT-17 logout token", ES256, TYPS("\"logout+jwt\"") },
	{ "JWT-17 state token", ES256, TYPS("\"state+jwt\"") },
	{ "JWT-17 AT+JWT", ES256, TYPS("\"AT+JWT\"") },
	{ "JWT-17 no typ", ES256, "{\"alg\":\"ES256\"," KID "}" },
	{ "JWT-17 no sid", ES256, NULL,
	  "{" WHO ",\"sub\":\"" UUID "\",\"jti\":\"" UUID "\"," PAST "," EXP "}" },
	{ "JWT-17 sub no UUID", ES256, NULL,
	  "{" WHO ",\"sub\":\"admin\",\"jti\":\"" UUID "\",\"sid\":\"" UUID "\"," PAST "," EXP "}" },
	{ "JWT-20 five parts", TEXT, NULL, NULL,
	  "eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0..AAAA.AAAA.AAAA" },
	{ "JWT-20 zip", ES256, WITH("\"zip\":\"DEF\"") },
	{ "JWT-20 p2c", ES256, "{\"alg\":\"PBES2-HS256+A128KW\",\"p2c\":1000000000," TYP "," KID "}" },
	{ "JWT-21 r 0, s 0", EDGE, NULL, NULL, "00" },
	{ "JWT-21 r 0, s good", EDGE, NULL, NULL, "0s" },
	{ "JWT-21 r good, s 0", EDGE, NULL, NULL, "r0" },
	{ "JWT-21 r 1, s 1", EDGE, NULL, NULL, "11" },
	{ "JWT-21 r 1, s good", EDGE, NULL, NULL, "1s" },
	{ "JWT-21 r good, s 1", EDGE, NULL, NULL, "r1" },
	{ "JWT-21 r n, s n", EDGE, NULL, NULL, "nn" },
	{ "JWT-21 r n, s good", EDGE, NULL, NULL, "ns" },
	{ "JWT-21 r good, s n", EDGE, NULL, NULL, "rn" },
	{ "JWT-21 r n-1, s n-1", EDGE, NULL, NULL, "--" },
	{ "JWT-21 r n+1, s n+1", EDGE, NULL, NULL, "++" },
	{ "JWT-21 r 0, s n", EDGE, NULL, NULL, "0n" },
	{ "JWT-21 r n, s 0", EDGE, NULL, NULL, "n0" },
	{ "JWT-21 r and s exchanged", EDGE, NULL, NULL, "sr" },
	{ "JWT-21 r and s as made", EDGE, NULL, NULL, "rs", TAKEN },
	{ "JWT-21 DER", DER },
	/* Wycheproof, ecdsa_secp256r1_sha256_p1363: n - s is as valid as s. */
	{ "JWT-21 high s", HIGH_S, NULL, NULL, NULL, TAKEN },
	{ "JWT-21 63 bytes", REPLACE, NULL, NULL, "short" },
	{ "JWT-21 65 bytes", REPLACE, NULL, NULL, "long" },
};
/* clang-format on */
