#include "kernel/http/http.h"

struct str http_cookie(const struct http_request *r, const char *name)
{
	struct str rest = http_header(r, "Cookie"), pair, key;
	for (int n = 0; n < 50 && rest.n && str_split(&rest, ';', &pair); n++) {
		struct str value = str_trim(pair);
		if (!str_split(&value, '=', &key) || !str_is(key, name)) continue;
		return value.p ? value : S("");
	}
	return STR_NONE;
}
