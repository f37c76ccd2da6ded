#ifndef T_LIB_JSON_CASES_H
#define T_LIB_JSON_CASES_H

#include <stdbool.h>
#include <stddef.h>

/*
 * One row a text: the verdict, the text, and for a refused one the nearest
 * text that is accepted (its positive control).  The kinds follow those of
 * JSONTestSuite (n_ must be refused, y_ accepted, i_ decided here).
 */
struct json_case {
	const char *kind;
	const char *text;
	size_t len;
	const char *control;
};

#define T(text) text, sizeof(text) - 1

/* clang-format off */
static const struct json_case refused[] = {
	/* structure */
	{ "empty text", T(""), "0" },
	{ "blanks only", T(" \t\r\n"), " \t\r\n0" },
	{ "two values", T("1 2"), "[1, 2]" },
	{ "two objects", T("{}{}"), "[{},{}]" },
	{ "data behind the object", T("{\"a\":1}x"), "{\"a\":1} " },
	{ "NUL behind the value", T("{}\0"), "{}\n" },
	{ "comment", T("{/**/}"), "{}" },
	{ "line comment", T("{}//x"), "{}" },
	{ "unclosed array", T("[1"), "[1]" },
	{ "unclosed object", T("{\"a\":1"), "{\"a\":1}" },
	{ "wrong bracket", T("[1}"), "[1]" },
	{ "wrong bracket, object", T("{\"a\":1]"), "{\"a\":1}" },
	{ "closing bracket only", T("]"), "[]" },
	{ "trailing comma, array", T("[1,]"), "[1]" },
	{ "trailing comma, object", T("{\"a\":1,}"), "{\"a\":1}" },
	{ "leading comma", T("[,1]"), "[1]" },
	{ "double comma", T("[1,,2]"), "[1,2]" },
	{ "missing comma", T("[1 2]"), "[1,2]" },
	{ "missing colon", T("{\"a\" 1}"), "{\"a\":1}" },
	{ "double colon", T("{\"a\"::1}"), "{\"a\":1}" },
	{ "comma for colon", T("{\"a\",1}"), "{\"a\":1}" },
	{ "member without value", T("{\"a\":}"), "{\"a\":0}" },
	{ "member without name", T("{:1}"), "{\"\":1}" },
	{ "name is a number", T("{1:1}"), "{\"1\":1}" },
	{ "name without quotes", T("{a:1}"), "{\"a\":1}" },
	{ "name in single quotes", T("{'a':1}"), "{\"a\":1}" },
	{ "vertical tab", T("[\v1]"), "[\t1]" },
	{ "form feed", T("[\f]"), "[\n]" },
	{ "no-break space", T("[\xc2\xa0]"), "[\" \"]" },
	{ "BOM", T("\xef\xbb\xbf{}"), "{}" },
	{ "UTF-16", T("\xff\xfe[\0]\0"), "[]" },
	/* words */
	{ "nul", T("[nul]"), "[null]" },
	{ "tru", T("tru"), "true" },
	{ "fals", T("[fals]"), "[false]" },
	{ "True", T("[True]"), "[true]" },
	{ "truex", T("[truex]"), "[true]" },
	{ "NaN", T("[NaN]"), "[\"NaN\"]" },
	{ "Infinity", T("[Infinity]"), "[\"Infinity\"]" },
	{ "-Infinity", T("[-Infinity]"), "[-1]" },
	{ "undefined", T("undefined"), "null" },
	/* numbers */
	{ "leading zero", T("[01]"), "[1]" },
	{ "leading zero, negative", T("[-01]"), "[-1]" },
	{ "plus", T("[+1]"), "[1]" },
	{ "minus only", T("[-]"), "[-0]" },
	{ "double minus", T("[--1]"), "[-1]" },
	{ "no digit behind the point", T("[1.]"), "[1.0]" },
	{ "no digit before the point", T("[.5]"), "[0.5]" },
	{ "no digit before the point, negative", T("[-.5]"), "[-0.5]" },
	{ "two points", T("[1.2.3]"), "[1.2]" },
	{ "empty exponent", T("[1e]"), "[1e0]" },
	{ "empty exponent with sign", T("[1e+]"), "[1e+0]" },
	{ "broken exponent", T("[1ea]"), "[1e1]" },
	{ "exponent with a point", T("[1e1.5]"), "[1e1]" },
	{ "hexadecimal", T("[0x10]"), "[16]" },
	{ "octal of others", T("[0o17]"), "[15]" },
	{ "blank inside", T("[1 000]"), "[1000]" },
	{ "underscore", T("[1_000]"), "[1000]" },
	{ "full-width digit", T("[\xef\xbc\x91]"), "[1]" },
	{ "integer above int64", T("[9223372036854775808]"), "[9223372036854775807]" },
	{ "integer below int64", T("[-9223372036854775809]"), "[-9223372036854775808]" },
	{ "uint64", T("18446744073709551615"), "\"18446744073709551615\"" },
	{ "40 digits", T("[1234567890123456789012345678901234567890]"), "[123456789012345678]" },
	{ "1e400", T("[1e400]"), "[1e300]" },
	{ "-1e400", T("[-1e400]"), "[-1e300]" },
	{ "just above double", T("[1.8e308]"), "[1.7e308]" },
	{ "1e400 at the top", T("1e400"), "1e30" },
	{ "huge exponent", T("[1e99999999999999999999]"), "[1e9]" },
	{ "becomes zero", T("[123.456e-789]"), "[0.000e-789]" },
	/* strings */
	{ "unfinished string", T("[\"a]"), "[\"a\"]" },
	{ "unfinished name", T("{\"a:1}"), "{\"a\":1}" },
	{ "single quotes", T("['a']"), "[\"a\"]" },
	{ "raw newline", T("[\"a\nb\"]"), "[\"a\\nb\"]" },
	{ "raw tab", T("[\"a\tb\"]"), "[\"a\\tb\"]" },
	{ "raw NUL", T("[\"a\0b\"]"), "[\"a b\"]" },
	{ "raw 0x1f", T("[\"\x1f\"]"), "[\"\x7f\"]" },
	{ "unknown escape", T("[\"\\a\"]"), "[\"\\b\"]" },
	{ "escape \\x", T("[\"\\x41\"]"), "[\"\\u0041\"]" },
	{ "escape \\0", T("[\"\\0\"]"), "[\"0\"]" },
	{ "escape of NUL byte", T("[\"\\\0\"]"), "[\"\\\\\"]" },
	{ "escape at the end", T("[\"\\"), "[\"\\\\\"]" },
	{ "escape of a UTF-8 byte", T("[\"\\\xc3\xa9\"]"), "[\"\xc3\xa9\"]" },
	{ "short \\u", T("[\"\\u00e\"]"), "[\"\\u00e9\"]" },
	{ "capital \\U", T("[\"\\U0041\"]"), "[\"\\u0041\"]" },
	{ "\\u with a sign", T("[\"\\u+041\"]"), "[\"\\u0041\"]" },
	{ "\\u0000", T("[\"\\u0000\"]"), "[\"\\u0001\"]" },
	{ "\\u0000 in a name", T("{\"a\\u0000b\":1}"), "{\"a\\u0001b\":1}" },
	{ "high surrogate alone", T("[\"\\ud800\"]"), "[\"\\ud800\\udc00\"]" },
	{ "high surrogate, then text", T("[\"\\ud800abc\"]"), "[\"\\ud7ffabc\"]" },
	{ "high surrogate, then escape", T("[\"\\ud800\\n\"]"), "[\"\\ud800\\udc00\\n\"]" },
	{ "high surrogate twice", T("[\"\\ud800\\ud800\"]"), "[\"\\ud800\\udfff\"]" },
	{ "low surrogate alone", T("[\"\\udc00\"]"), "[\"\\ue000\"]" },
	{ "pair in wrong order", T("[\"\\udc00\\ud800\"]"), "[\"\\ud800\\udc00\"]" },
	{ "half a low surrogate", T("[\"\\ud800\\udc0\"]"), "[\"\\ud800\\udc00\"]" },
	/* UTF-8 */
	{ "byte ff", T("[\"\xff\"]"), "[\"\xc3\xbf\"]" },
	{ "byte fe", T("[\"\xfe\"]"), "[\"\xc3\xbe\"]" },
	{ "lone continuation", T("[\"\x80\"]"), "[\"\xc2\x80\"]" },
	{ "ISO 8859-1", T("[\"\xe9\"]"), "[\"\xc3\xa9\"]" },
	{ "overlong slash, 2", T("[\"\xc0\xaf\"]"), "[\"/\"]" },
	{ "overlong, c1", T("[\"\xc1\xbf\"]"), "[\"\x7f\"]" },
	{ "overlong slash, 3", T("[\"\xe0\x80\xaf\"]"), "[\"\xe0\xa0\x80\"]" },
	{ "overlong slash, 4", T("[\"\xf0\x80\x80\xaf\"]"), "[\"\xf0\x90\x80\x80\"]" },
	{ "overlong NUL", T("[\"\xc0\x80\"]"), "[\"\xc2\x80\"]" },
	{ "surrogate in UTF-8", T("[\"\xed\xa0\x80\"]"), "[\"\xed\x9f\xbf\"]" },
	{ "low surrogate in UTF-8", T("[\"\xed\xbf\xbf\"]"), "[\"\xee\x80\x80\"]" },
	{ "above U+10FFFF", T("[\"\xf4\x90\x80\x80\"]"), "[\"\xf4\x8f\xbf\xbf\"]" },
	{ "five bytes", T("[\"\xf8\x88\x80\x80\x80\"]"), "[\"\xf0\x90\x80\x80\"]" },
	{ "truncated, 2", T("[\"\xc3\"]"), "[\"\xc3\xa9\"]" },
	{ "truncated, 3", T("[\"\xe2\x82\"]"), "[\"\xe2\x82\xac\"]" },
	{ "truncated, 4", T("[\"\xf0\x9f\x98\"]"), "[\"\xf0\x9f\x98\x80\"]" },
	{ "invalid UTF-8 in a name", T("{\"\xff\":1}"), "{\"\xc3\xbf\":1}" },
	{ "invalid UTF-8 between tokens", T("[1,\xff]"), "[1,\"\"]" },
	/* duplicate members; as all names are data, __proto__ is one more */
	{ "duplicate", T("{\"a\":1,\"a\":2}"), "{\"a\":1,\"b\":2}" },
	{ "duplicate, same value", T("{\"a\":1,\"a\":1}"), "{\"a\":1,\"A\":1}" },
	{ "duplicate, first null", T("{\"a\":null,\"a\":1}"), "{\"a\":null,\"b\":1}" },
	{ "duplicate by escape", T("{\"admin\":1,\"\\u0061dmin\":2}"), "{\"admin\":1,\"\\u0062dmin\":2}" },
	{ "duplicate by escaped slash", T("{\"a/b\":1,\"a\\/b\":2}"), "{\"a/b\":1,\"a\\\\/b\":2}" },
	{ "duplicate by surrogates", T("{\"\xf0\x9f\x98\x80\":1,\"\\ud83d\\ude00\":2}"),
	  "{\"\xf0\x9f\x98\x80\":1,\"\\ud83d\\ude01\":2}" },
	{ "duplicate empty names", T("{\"\":1,\"\":2}"), "{\"\":1,\" \":2}" },
	{ "duplicate, nested", T("{\"x\":{\"a\":1,\"a\":2}}"), "{\"x\":{\"a\":1,\"x\":2}}" },
	{ "duplicate, in an array", T("[{},{\"a\":1,\"a\":2}]"), "[{\"a\":1},{\"a\":2}]" },
	{ "duplicate objects that hide others", T("{\"a\":{\"b\":1},\"a\":{\"c\":2,\"d\":3}}"),
	  "{\"a\":{\"b\":1},\"c\":{\"c\":2,\"d\":3}}" },
	{ "duplicate __proto__", T("{\"__proto__\":1,\"__proto__\":2}"), "{\"__proto__\":1,\"constructor\":2}" },
};

/* What is accepted, and how it is written again. */
static const struct {
	const char	*text;
	const char	*again;
} accepted[] = {
	{ "{}", "{}" },
	{ "[]", "[]" },
	{ " [ ] ", "[]" },
	{ "\r\n\t{\n}\n", "{}" },
	{ "null", "null" },
	{ "true", "true" },
	{ "false", "false" },
	{ "[null]", "[null]" },
	{ "\"\"", "\"\"" },
	{ "\"a/b\"", "\"a/b\"" },
	{ "\"a\\/b\"", "\"a/b\"" },
	{ "0", "0" },
	{ "-0", "0" },
	{ "-0.0", "-0.0" },
	{ "1.0", "1.0" },
	{ "1e5", "1e5" },
	{ "1E+2", "1E+2" },
	{ "0.1", "0.1" },
	{ "0e+1", "0e+1" },
	{ "123456789012345678", "123456789012345678" },
	{ "9223372036854775807", "9223372036854775807" },
	{ "-9223372036854775808", "-9223372036854775808" },
	{ "1.7976931348623157e308", "1.7976931348623157e308" },
	{ "5e-324", "5e-324" },
	{ "3.141592653589793238462643383279", "3.141592653589793238462643383279" },
	{ "[1,2.5,\"x\",true,null,{\"a\":[]}]", "[1,2.5,\"x\",true,null,{\"a\":[]}]" },
	{ "{\"b\":1,\"a\":2}", "{\"b\":1,\"a\":2}" },
	{ "{\"\":0}", "{\"\":0}" },
	{ "{\"a\":1,\"A\":2}", "{\"a\":1,\"A\":2}" },
	{ "\"\\u0041\\u00e9\\u20ac\\ud83d\\ude00\"", "\"A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"" },
	{ "\"\\\"\\\\\\b\\f\\n\\r\\t\\u001f\"", "\"\\\"\\\\\\b\\f\\n\\r\\t\\u001f\"" },
	{ "\"\x7f\"", "\"\x7f\"" },
	/* noncharacters and private use are characters to JSON */
	{ "\"\\uffff\"", "\"\xef\xbf\xbf\"" },
	{ "\"\\ufdd0\"", "\"\xef\xb7\x90\"" },
	{ "\"\xf4\x8f\xbf\xbf\"", "\"\xf4\x8f\xbf\xbf\"" },
	{ "\"\\ufeff\"", "\"\xef\xbb\xbf\"" },
	{ "{\"__proto__\":{\"admin\":true}}", "{\"__proto__\":{\"admin\":true}}" },
};
/* clang-format on */

#endif
