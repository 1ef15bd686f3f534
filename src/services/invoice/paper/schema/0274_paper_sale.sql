-- What was issued on paper in a month is part of the seller's return. month: of the electronic twin, '' before this was kept.
CREATE INDEX paper_report_month ON paper_report (taxpayer_id, issued_to, code, from_no) WHERE act = 'used';
ALTER TABLE paper_conversion ADD COLUMN month TEXT NOT NULL DEFAULT '';
CREATE INDEX paper_conversion_month ON paper_conversion (taxpayer_id, month, electronic);
