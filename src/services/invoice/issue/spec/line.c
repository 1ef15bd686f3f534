#include "services/invoice/issue/spec/line.h"
#include <string.h>

enum spec_code spec_tax_code(struct str code, struct taxcode *out)
{
	if (!taxcode_well_formed(code)) return SPEC_CODE_FORM;
	if (!taxcode_find(code, out)) return SPEC_CODE_UNKNOWN;
	return taxcode_selectable(out) ? SPEC_CODES : SPEC_CODE_SUMMARY;
}

enum spec_code spec_line_rate(
        const struct vat_rates *usable, struct rate rate, enum treatment t, struct str tax_code, bool special)
{
	bool section_6 = tax_code.n && tax_code.p[0] == '6';
	if (!vat_rates_has(usable, rate)) return SPEC_RATE;
	if (t != TREATMENT_TAXED && rate.ppm) return SPEC_TREATMENT_RATE;
	if (section_6 && t != TREATMENT_NOT_TAXED) return SPEC_TREATMENT_CODE;
	if (t == TREATMENT_NOT_TAXED && !section_6) return SPEC_TREATMENT_NOT_TAXED;
	if (special && rate.ppm == 0) return SPEC_SPECIAL_EXEMPT;
	return SPEC_CODES;
}

bool spec_short_name_fits(struct str name, struct str short_name)
{
	return name.n >= short_name.n + 3 && name.p[0] == '*' && name.p[short_name.n + 1] == '*' &&
	       memcmp(name.p + 1, short_name.p, short_name.n) == 0;
}
