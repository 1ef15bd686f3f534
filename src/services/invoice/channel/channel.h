/* Channels (A10.5, A10.6): WeChat and short messages ask what the page and the API ask. */
#ifndef INVOICE_CHANNEL_H
#define INVOICE_CHANNEL_H
#include "kernel/operation/service.h"

/* What a gateway and we share: "wechat.token", "wechat.appid", "wechat.aes_key", "sms.key", "sms.from" (addresses that
 * may call, blank-separated; the default is this machine). Kept encrypted. Inside db_write. */
enum { CHANNEL_SETTING_MAX = 400 };
MUST_USE err_t channel_set(
        struct ctx *c, struct str name, struct str value); /* E_INPUT: no such setting, or a bad value */
#endif
