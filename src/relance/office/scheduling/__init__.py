"""The daily report without anybody: put into cron, systemd or Windows, run, its failure mailed."""
