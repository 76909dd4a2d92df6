# The rules of entitlements, every reason of a refusal; nothing for what is allowed.
package usher

import rego.v1

request := input.request

viewer := input.viewer

now := request.now

title := input.title

reasons contains "ACCOUNT_CLOSED" if viewer.account.status == "closed"

reasons contains "ACCOUNT_SUSPENDED" if viewer.account.status == "suspended"

reasons contains "CHARGEBACK" if viewer.account.status == "chargeback"

reasons contains "PAST_DUE" if {
	viewer.account.status == "past_due"
	now >= viewer.account.since + data.grace_s
}

reasons contains "TITLE_UNKNOWN" if not title

reasons contains "COUNTRY_UNKNOWN" if {
	title
	request.country == null
}

windows := [window | some window in title.windows; request.country in window.territories]

is_open if {
	some window in windows
	window.from <= now
	now < window.to
}

opens_later if {
	some window in windows
	now < window.from
}

reasons contains "GEO_BLOCKED" if {
	title
	request.country != null
	count(windows) == 0
}

reasons contains "NOT_YET_AVAILABLE" if {
	title
	request.country != null
	not is_open
	opens_later
}

reasons contains "NO_LONGER_AVAILABLE" if {
	request.country != null
	count(windows) > 0
	not is_open
	not opens_later
}

reasons contains "BLACKOUT" if {
	some blackout in title.blackouts
	request.country in blackout.territories
	blackout.from <= now
	now < blackout.to
}

reasons contains "RATING_BLOCKED" if {
	viewer.max_rating != null
	title.rating > viewer.max_rating
}

is_over(grant) if now >= grant.first_play_at + grant.play_window_s

is_over(grant) if {
	not grant.first_play_at
	grant.to != null
	now >= grant.to
}

is_live(grant) if {
	grant.from <= now
	not is_over(grant)
}

covers(part) if {
	some pack in title.packs
	part.packs[pack]
}

may_carry_ads(part) if not part.ads

may_carry_ads(_) if title.ad_tier

bought contains grant if {
	some grant in viewer.grants
	grant.title == request.title
}

covered contains [grant, part] if {
	some grant in viewer.grants
	some part in data.parts[grant.plan]
	covers(part)
}

held := bought | {grant | some [grant, _] in covered}

is_usable if title.free

is_usable if {
	some grant in bought
	is_live(grant)
}

is_usable if {
	some [grant, part] in covered
	is_live(grant)
	part.classes[request.device_class]
	may_carry_ads(part)
}

reasons contains "GRANT_NOT_STARTED" if {
	title
	not is_usable
	some grant in held
	now < grant.from
}

reasons contains "GRANT_EXPIRED" if {
	title
	not is_usable
	some grant in held
	grant.from <= now
	is_over(grant)
}

reasons contains "DEVICE_CLASS_BLOCKED" if {
	title
	not is_usable
	some [grant, part] in covered
	is_live(grant)
	not part.classes[request.device_class]
}

reasons contains "AD_TIER_EXCLUDED" if {
	title
	not is_usable
	some [grant, part] in covered
	is_live(grant)
	part.classes[request.device_class]
	not may_carry_ads(part)
}

reasons contains "NOT_ENTITLED" if {
	title
	not is_usable
	count(held) == 0
}

live_plans := [data.plans[grant.plan] | some grant in viewer.grants; is_live(grant)]

reasons contains "DEVICE_LIMIT" if {
	title
	not request.device_id in viewer.devices
	limit := max({data.fallback_devices} | {plan.devices | some plan in live_plans})
	count(viewer.devices) >= limit
}

others := [stream | some stream in viewer.open_streams; stream.device != request.device_id; now < stream.until]

reasons contains "STREAM_LIMIT" if {
	title
	limit := max({data.fallback_streams} | {plan.streams | some plan in live_plans})
	count(others) >= limit
}
