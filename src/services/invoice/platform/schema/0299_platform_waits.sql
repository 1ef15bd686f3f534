-- Orders of a platform that wait for their buyer or for the platform: few of all, so issuing in mass pays nothing for the list.
CREATE INDEX platform_order_waits ON platform_order (platform_id, seller_id, batch_id, line) WHERE state = 'held';
