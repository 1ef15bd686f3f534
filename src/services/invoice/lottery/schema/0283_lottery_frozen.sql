-- The receipt of the freeze, so that its proof can be published beside root.json; 0: frozen before this was kept.
ALTER TABLE lottery_draw ADD COLUMN frozen_receipt BIGINT NOT NULL DEFAULT 0;
