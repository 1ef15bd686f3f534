/* Issuing and checking certificates. */
#include "services/tax/certificate/issue.h"
#include "certificate_sql.h"
#include "kernel/access/access.h"
#include "kernel/ctx/app.h"
#include "kernel/db/db.h"
#include "kernel/i18n/i18n.h"
#include "kernel/keys/keys.h"
#include "kernel/outbox/outbox.h"
#include "kernel/receipt/log.h"
#include "services/foundation/identity/identity.h"
#include "services/foundation/registry/registry.h"
#include "services/tax/payment/payment.h"
#include <string.h>

enum { PAGE_OF_CERTIFICATES = 100, CODE_LENGTH = 16 };

static const struct fault_def nothing_paid = { "nothing-paid", N_("{1} 没有已经入账的缴款，不能开完税证明"),
	N_("先缴清这一期的税费；刚缴的款请等扣款成功"), N_("税收征收管理法 第三十四条") };
static const struct fault_def not_there = { "certificate-unknown", N_("没有查到这张证明，请核对号码"), NULL, NULL };
static const struct fault_def too_large = { "amount-range", N_("合计金额超出系统能记的范围，请分期开具"), NULL, NULL };

const char *certificate_type_title(struct str type)
{
	return str_is(type, "payment") ? N_("税收完税证明（表格式）") : "";
}

/* --- the data --- */

struct draft {
	struct str number, period;
	struct money total;
	struct value *data;
	struct str canonical;
};

static err_t put_line(struct ctx *c, struct draft *d, struct value *lines, const struct payment_paid *p, bool late_fee)
{
	struct money amount = late_fee ? p->late_fee : p->amount;
	struct value *v = value_object(c->arena);
	if (amount.fen == 0) return OK;
	value_put_str(c->arena, v, "voucher", p->voucher);
	value_put_str(c->arena, v, "tax", p->tax);
	value_put_c(c->arena, v, "tax_title", p->tax_title);
	value_put_c(c->arena, v, "item", late_fee ? N_("滞纳金") : N_("税款"));
	value_put_date(c->arena, v, "period_from", p->period_from);
	value_put_date(c->arena, v, "period_to", p->period_to);
	value_put_date(c->arena, v, "paid_on", p->paid_on);
	value_put_money(c->arena, v, "amount", amount);
	value_push(c->arena, lines, v);
	return money_add(d->total, amount, &d->total) ? OK : RAISE(c, E_INPUT, &too_large);
}

/* A certificate names every payment of the period: one line a tax, and one for its late fee. */
static err_t collect(struct ctx *c, const struct certificate_in *in, struct draft *d, struct value *lines)
{
	struct payment_paid *paid;
	size_t n;
	TRY(payment_paid_items(c, c->caller.subject_id, period_first(in->period), period_last(in->period), &paid, &n));
	for (size_t i = 0; i < n; i++) {
		TRY(put_line(c, d, lines, &paid[i], false));
		TRY(put_line(c, d, lines, &paid[i], true));
	}
	if (lines->count) return OK;
	FAULT(c, S("/period"), &nothing_paid, d->period);
	return problem_result(&c->problem);
}

static err_t authority_of(struct ctx *c, struct str *out)
{
	struct taxpayer t;
	bool found;
	TRY(registry_taxpayer_head(c, c->caller.subject_id, &t, &found));
	*out = found && t.authority.n ? str_printf(c->arena, "主管税务机关（代码 %.*s）", STR_FMT(t.authority))
	                              : S("电子税务局");
	return OK;
}

/* Node, type, year and a number without gaps. */
static err_t new_number(struct ctx *c, struct str *out)
{
	int64_t n;
	TRY(db_counter(c, str_printf(c->arena, "certificate.%d", c->today.year), 1, &n));
	*out = str_printf(c->arena, "%.2s01%02d%012lld", c->app->node, c->today.year % 100, (long long)n);
	return OK;
}

static struct str check_code(struct ctx *c, struct str number, struct str tax_id, struct money total, struct str day)
{
	return keys_check_code(c->app->keys, c->arena,
	        str_printf(c->arena, "certificate/1|%.*s|%.*s|%.*s|%.*s", STR_FMT(number), STR_FMT(tax_id),
	                STR_FMT(money_format(c->arena, total)), STR_FMT(day)));
}

static err_t make_data(struct ctx *c, const struct certificate_in *in, struct draft *d)
{
	struct value *v = d->data = value_object(c->arena), *lines = value_array(c->arena);
	struct str authority, day = date_format(c->arena, c->today);
	d->period = period_format(c->arena, in->period);
	TRY(collect(c, in, d, lines));
	TRY(authority_of(c, &authority));
	TRY(new_number(c, &d->number));
	value_put_c(c->arena, v, "kind", "etax-certificate");
	value_put_int(c->arena, v, "version", 1);
	value_put_str(c->arena, v, "number", d->number);
	value_put_str(c->arena, v, "type", in->type);
	value_put_c(c->arena, v, "type_title", certificate_type_title(in->type));
	value_put_str(c->arena, v, "issued_on", day);
	value_put_str(c->arena, v, "authority", authority);
	struct value *taxpayer = value_put_object(c->arena, v, "taxpayer");
	value_put_str(c->arena, taxpayer, "name", c->caller.subject_name);
	value_put_str(c->arena, taxpayer, "tax_id", c->caller.subject_tax_id);
	value_put_str(c->arena, v, "period", d->period);
	value_put(c->arena, v, "lines", lines);
	value_put_money(c->arena, v, "total", d->total);
	value_put_str(c->arena, v, "total_in_words", money_words(c->arena, d->total));
	value_put_str(c->arena, v, "check_code", check_code(c, d->number, c->caller.subject_tax_id, d->total, day));
	value_put_c(c->arena, v, "remark", c->app->sandbox ? "演示环境开具，不能作为真实凭证" : "");
	struct buf b;
	buf_init(&b, c->arena, 1024);
	value_write_canonical(&b, v);
	d->canonical = buf_done(&b);
	return OK;
}

/* --- issuing --- */

static err_t write_receipt(
        struct ctx *c, const struct certificate_in *in, const struct draft *d, struct value **receipt, int64_t *id)
{
	unsigned char digest[CRYPTO_SHA256_SIZE];
	struct value *act = value_object(c->arena);
	crypto_sha256(d->canonical.p, d->canonical.n, digest);
	value_put_str(c->arena, act, "number", d->number);
	value_put_str(c->arena, act, "type", in->type);
	value_put_str(c->arena, act, "period", d->period);
	value_put_money(c->arena, act, "total", d->total);
	value_put_str(c->arena, act, "data_sha256", str_hex(c->arena, digest, sizeof digest));
	return receipt_issue(c, ACT_CERTIFICATE_ISSUED, c->caller.subject_id, act, receipt, id);
}

static err_t emit(struct ctx *c, const struct certificate_in *in, const struct draft *d)
{
	struct value *v = value_object(c->arena);
	struct buf b;
	value_put_str(c->arena, v, "number", d->number);
	value_put_str(c->arena, v, "type", in->type);
	value_put_money(c->arena, v, "amount", d->total);
	buf_init(&b, c->arena, 128);
	value_write_canonical(&b, v);
	return outbox_emit(c, "certificate.issued", c->caller.subject_id, buf_done(&b));
}

static struct value *answer_of(struct ctx *c, struct value *data, struct value *receipt)
{
	struct str number = value_text(data, "number");
	value_put_str(c->arena, data, "amount", value_text(data, "total"));
	value_put(c->arena, data, "receipt", receipt);
	value_put_str(c->arena, data, "pdf", str_printf(c->arena, "/certificates/%.*s.pdf", STR_FMT(number)));
	return data;
}

err_t certificate_issue(struct ctx *c, const void *input, struct reply *out)
{
	const struct certificate_in *in = input;
	struct draft d = { .total = FEN(0) };
	struct value *receipt;
	int64_t receipt_id, taxpayer = c->caller.subject_id;
	TRY(make_data(c, in, &d));
	TRY(write_receipt(c, in, &d, &receipt, &receipt_id));
	TRY(certificate_insert(c, taxpayer, d.number, in->type, d.period, d.total, c->now, c->caller.person_id,
	        keys_encrypt(c->app->keys, c->arena, d.canonical), receipt_id, NULL));
	TRY(certificate_number_insert(c, d.number, taxpayer, NULL));
	TRY(emit(c, in, &d));
	out->value = answer_of(c, d.data, receipt);
	out->location = str_printf(c->arena, "/certificates/%.*s", STR_FMT(d.number));
	return OK;
}

/* --- reading --- */

struct kept {
	struct certificate_get_row row;
	struct value *data;
	struct str canonical;
};

static err_t load(struct ctx *c, int64_t taxpayer_id, struct str number, struct kept *k, bool *found)
{
	struct json_fault where;
	TRY(certificate_get(c, taxpayer_id, number, &k->row, found));
	if (!*found) return OK;
	TRY(keys_decrypt(c->app->keys, c->arena, k->row.data, &k->canonical));
	return json_parse(c->arena, k->canonical, &k->data, &where) == OK ? OK : E_INTERNAL;
}

static err_t load_own(struct ctx *c, struct str number, struct kept *k)
{
	bool found;
	TRY(access_open(c, c->caller.subject_id, "certificate"));
	TRY(load(c, c->caller.subject_id, number, k, &found));
	return found ? OK : RAISE(c, E_NOT_FOUND, &not_there);
}

err_t certificate_show(struct ctx *c, const void *input, struct reply *out)
{
	const struct certificate_number_in *in = input;
	struct kept k;
	struct receipt r;
	bool found;
	TRY(load_own(c, in->number, &k));
	TRY(receipt_find(c, k.row.receipt_id, &r, &found));
	out->value =
	        answer_of(c, k.data, found ? receipt_value(c, r.id, r.kind, r.at, r.leaf.b) : value_null(c->arena));
	value_put_instant(c->arena, out->value, "issued_at", k.row.issued_at);
	return OK;
}

err_t certificate_list_own(struct ctx *c, const void *input, struct reply *out)
{
	const struct certificates_in *in = input;
	struct certificate_list_row *rows;
	size_t n;
	TRY(access_open(c, c->caller.subject_id, "certificates"));
	TRY(certificate_list(c, c->caller.subject_id, in->before.p ? in->before : S("~"), &rows, &n));
	out->value = value_object(c->arena);
	struct value *list = value_put_array(c->arena, out->value, "certificates");
	for (size_t i = 0; i < n; i++) {
		struct value *v = value_object(c->arena);
		value_put_str(c->arena, v, "number", rows[i].number);
		value_put_str(c->arena, v, "type", rows[i].type);
		value_put_str(c->arena, v, "type_title", tr(c, certificate_type_title(rows[i].type)));
		value_put_str(c->arena, v, "period", rows[i].period);
		value_put_money(c->arena, v, "amount", rows[i].total);
		value_put_instant(c->arena, v, "issued_at", rows[i].issued_at);
		value_push(c->arena, list, v);
	}
	value_put_str(c->arena, out->value, "before", n == PAGE_OF_CERTIFICATES ? rows[n - 1].number : STR_NONE);
	return OK;
}

/* --- the file --- */

struct file {
	struct str number, bytes;
};

static err_t keep(struct ctx *c, void *arg)
{
	struct file *f = arg;
	struct certificate_file_get_row row;
	bool found;
	struct str sealed = keys_encrypt(c->app->keys, c->arena, f->bytes);
	TRY(certificate_file_put(c, c->caller.subject_id, f->number, c->now, sealed, NULL));
	TRY(certificate_file_get(c, c->caller.subject_id, f->number, &row, &found));
	return found ? keys_decrypt(c->app->keys, c->arena, row.bytes, &f->bytes) : E_INTERNAL;
}

/* The name under which the log signs is that of its verifier string. */
static struct str log_name(struct ctx *c)
{
	struct str rest = receipt_verifier(c), name;
	return str_split(&rest, '+', &name) ? name : S("");
}

static err_t make_file(struct ctx *c, const struct kept *k, struct str number, struct file *f)
{
	struct str page = certificate_page(c, k->data, k->row.issued_at);
	f->number = number;
	f->bytes = page.p ? certificate_seal(c->arena, page, k->canonical, keys_seal(c->app->keys), log_name(c),
	                            keys_log(c->app->keys))
	                  : STR_NONE;
	return f->bytes.p ? db_write(c, keep, f) : E_INTERNAL;
}

/* Made and signed when it is first asked for, the same bytes ever after. */
err_t certificate_pdf(struct ctx *c, const void *input, struct reply *out)
{
	const struct certificate_number_in *in = input;
	struct certificate_file_get_row row;
	struct kept k;
	struct file f;
	bool found;
	TRY(load_own(c, in->number, &k));
	TRY(certificate_file_get(c, c->caller.subject_id, in->number, &row, &found));
	if (found)
		TRY(keys_decrypt(c->app->keys, c->arena, row.bytes, &f.bytes));
	else
		TRY(make_file(c, &k, in->number, &f));
	out->bytes = f.bytes;
	out->media = "application/pdf";
	out->filename = str_printf(c->arena, "certificate-%.*s.pdf", STR_FMT(in->number));
	return OK;
}

/* --- the public check --- */

/* As printed, or typed with blanks, dashes and small letters. */
static struct str plain_code(struct ctx *c, struct str text)
{
	struct buf b;
	buf_init(&b, c->arena, text.n + 1);
	for (size_t i = 0; i < text.n; i++) {
		char ch = text.p[i];
		if (ch == ' ' || ch == '-') continue;
		buf_char(&b, ch >= 'a' && ch <= 'z' ? (char)(ch - 'a' + 'A') : ch);
	}
	return buf_done(&b);
}

static err_t find_public(struct ctx *c, struct str number, struct kept *k, bool *found)
{
	struct certificate_number_get_row row;
	TRY(certificate_number_get(c, number, &row, found));
	return *found ? load(c, row.taxpayer_id, number, k, found) : OK;
}

static void put_shown(struct ctx *c, struct value *out, const struct value *data)
{
	static const char *const shown[] = { "number", "type", "type_title", "issued_on", "authority", "period",
		"lines", "total", "total_in_words", "remark" };
	struct value *v = value_put_object(c->arena, out, "certificate");
	for (size_t i = 0; i < COUNT(shown); i++) {
		const struct value *member = value_get(data, str_c(shown[i]));
		if (member) value_put(c->arena, v, shown[i], (struct value *)(uintptr_t)member);
	}
	const struct value *taxpayer = value_get(data, S("taxpayer"));
	struct str tax_id = value_text(taxpayer, "tax_id");
	bool person = tax_id.n == 18 && tax_id.p[0] <= '8' && (tax_id.p[6] == '1' || tax_id.p[6] == '2') &&
	              (tax_id.p[7] == '9' || tax_id.p[7] == '0');
	struct value *t = value_put_object(c->arena, v, "taxpayer");
	value_put_str(c->arena, t, "name", value_text(taxpayer, "name"));
	value_put_str(c->arena, t, "tax_id", person ? identity_mask(c->arena, tax_id) : tax_id);
}

/* A wrong code and an unknown number answer alike, after the same work: a number alone tells nothing. */
err_t certificate_check_public(struct ctx *c, const void *input, struct reply *out)
{
	const struct certificate_check_in *in = input;
	struct kept k = { 0 };
	bool found = false;
	out->value = value_object(c->arena);
	if (!in->number.p) {
		value_put(c->arena, out->value, "verdict", value_null(c->arena));
		value_put(c->arena, out->value, "detail", value_null(c->arena));
		value_put(c->arena, out->value, "certificate", value_null(c->arena));
		return OK;
	}
	TRY(find_public(c, in->number, &k, &found));
	struct str wanted = found ? value_text(k.data, "check_code") : check_code(c, in->number, S(""), FEN(0), S(""));
	struct str given = plain_code(c, in->code.p ? in->code : S(""));
	bool same = wanted.n == CODE_LENGTH && given.n == CODE_LENGTH && crypto_equal(wanted.p, given.p, CODE_LENGTH);
	value_put_c(c->arena, out->value, "verdict", found && same ? "valid" : "unknown");
	value_put_str(c->arena, out->value, "detail",
	        tr(c, found && same ? N_("这张证明是真的。请对照下面的内容和手里的是否一致")
	                            : N_("没有查到这张证明，或者查验码不对。请对照证明核对号码和查验码")));
	if (found && same)
		put_shown(c, out->value, k.data);
	else
		value_put(c->arena, out->value, "certificate", value_null(c->arena));
	return OK;
}
