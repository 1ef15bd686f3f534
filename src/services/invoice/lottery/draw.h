/* The draw of the invoice lottery (有奖发票): anyone can compute it again (domain/invoice.md §8.6). No I/O.
 * Before the draw the hash of a secret is published; the public value (a drand round, numbers of a public lottery) is
 * not known then. So neither the bureau nor anyone else can choose the winners. */
#ifndef LOTTERY_DRAW_H
#define LOTTERY_DRAW_H
#include "base/str.h"

struct draw {
	struct str secret;       /* 32 bytes, published after the draw */
	struct str public_value; /* bytes */
	struct str draw_id;
};
void draw_commitment(struct str secret, unsigned char out[32]);
void draw_seed(const struct draw *d, unsigned char out[32]);
/* The first n_winners of the entries in ascending HMAC-SHA256(seed, entry); the next ones are the reserves.
 * Returns how many there are: at most n_entries. */
size_t draw_winners(struct arena *a, const unsigned char seed[32], const struct str *entries, size_t n_entries,
        struct str *winners, size_t n_winners);

/* Prize of an 8-digit number in the 頭獎 family of the Taiwan receipt lottery (統一發票), TWD: the longest common
 * ending counts. Used to prove our matching against a lottery that has run since 1951. */
int64_t draw_suffix_prize(const struct str *first_prizes, size_t n, struct str number);
#endif
