// Read by subject.ts, which is imported after this.
process.env.NGINX_HA_SYNC_ON = "aws";
