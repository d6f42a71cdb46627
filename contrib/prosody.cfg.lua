-- The Prosody (0.12) that thingstead's tests start, and that you can start from: the counterpart of ejabberd.yml.
--
-- As it stands it is safe on one machine and reachable from nowhere else: everything listens on loopback, and nothing is
-- encrypted. What to change for a server that others can reach is said where it is to be changed, each time after
-- "In production:".

-- Where Prosody listens for clients. In production: { "*", "::" }, so that devices and owners can reach it.
local client_interfaces = { "127.0.0.1" }
local client_port = 5222
local websocket_port = 5280

-- Where it listens for thingstead, whose `service` is then xmpp://127.0.0.1:5347. The link is not encrypted: if the
-- component runs on another machine, name here the address of a private network that joins the two.
local component_interface = "127.0.0.1"
local component_port = 5347
-- What THINGSTEAD_SECRET says too. In production: `openssl rand -hex 32`, and this file readable by Prosody alone.
local secret = "change-me"

c2s_interfaces = client_interfaces
c2s_ports = { client_port }
http_interfaces = client_interfaces
http_ports = { websocket_port }
https_ports = {}
component_interfaces = { component_interface }
component_ports = { component_port }

-- A stanza beyond this ends the component's connection, and the usual 512 KiB are less than a page of search results can
-- come to.
component_stanza_size_limit = 16 * 1024 * 1024

modules_enabled = {
	-- How devices and readers find the component: disco#items of the host lists it.
	"disco";
	"roster";
	"saslauth";
	"blocklist";
	"carbons";
	"smacks";
	"limits";
	"ping";
	"time";
	"version";
	"vcard4";
	"vcard_legacy";
	"pep";
	-- XMPP over WebSocket (RFC 7395) for browsers: ws://127.0.0.1:5280/xmpp-websocket. In production: behind TLS.
	"websocket";
	-- Accounts opened from a client; see `registration_allowlist` below.
	"register_ibr";
	"register_limits";
}

-- No other servers. In production, if Things or owners live elsewhere too: remove "s2s" here, add "dialback" above, and
-- list the domains in THINGSTEAD_ALLOW.
modules_disabled = { "s2s" }

-- In production: remove these two lines, add "tls" above, and bring certificates by `prosodyctl cert import`. Without any,
-- Prosody would offer TLS all the same, and clients that take the offer would not get in.
c2s_require_encryption = false
allow_unencrypted_plain_auth = true

-- Who may open an account. In production: remove this line, and open accounts with `prosodyctl adduser`.
allow_registration = true
registration_allowlist = { "127.0.0.1", "::1" }
allowlist_registration_only = true

authentication = "internal_hashed"

-- Debian's 10 kb/s hold a sensor back that reports more than a few values a second, and then whatever its owner asks of
-- it waits behind them. This lets bursts through and still stops a stream that never ends.
limits = { c2s = { rate = "1mb/s"; burst = "10s" } }

log = { info = "*console" }

-- In production: your own domain, such as example.org; the component's is then things.example.org.
VirtualHost "localhost"

-- Prosody itself has no privileged entities (XEP-0356): the component asks each device that registers for a subscription,
-- and knows who is on line from those that grant it.
Component "things.localhost"
	component_secret = secret
	-- A second component with this secret is turned away, which is what thingstead expects; "kick_old", in its place,
	-- would let two of them throw each other out for ever.
	component_conflict_resolve = "kick_new"
