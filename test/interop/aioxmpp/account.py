"""An account that aioxmpp logs in, for test/interop/libraries.test.ts: its orders are in test/interop/README.md. The library
knows only what is described to it, and takes an attribute or a child that is not for a fault: so these descriptions are the
specifications' own. Arguments: JID, service, registry; the password is in XMPP_PASSWORD."""

import asyncio
import json
import os
import sys
from datetime import datetime, timezone
from urllib.parse import urlparse

import aioxmpp
from aioxmpp import xso
from aioxmpp.connector import STARTTLSConnector
from aioxmpp.disco import DiscoClient
from aioxmpp.security_layer import PasswordSASLProvider, SecurityLayer

DISCOVERY = 'urn:xmpp:iot:discovery'
SENSOR_DATA = 'urn:xmpp:iot:sensordata'


# XEP-0347.

class StrTag(xso.XSO):
    TAG = (DISCOVERY, 'str')
    name = xso.Attr('name')
    value = xso.Attr('value')


class StrEq(xso.XSO):
    TAG = (DISCOVERY, 'strEq')
    name = xso.Attr('name')
    value = xso.Attr('value')


class NumTag(xso.XSO):
    TAG = (DISCOVERY, 'num')
    name = xso.Attr('name')
    value = xso.Attr('value', type_=xso.Float())


class Named(xso.XSO):
    """What names a node behind a concentrator."""
    node_id = xso.Attr('nodeId', default=None)
    source_id = xso.Attr('sourceId', default=None)
    cache_type = xso.Attr('cacheType', default=None)


@aioxmpp.IQ.as_payload_class
class Register(Named):
    TAG = (DISCOVERY, 'register')
    self_owned = xso.Attr('selfOwned', type_=xso.Bool(), default=False)
    tags = xso.ChildList([StrTag, NumTag])


@aioxmpp.IQ.as_payload_class
class Mine(Named):
    TAG = (DISCOVERY, 'mine')
    public = xso.Attr('public', type_=xso.Bool(), default=True)
    tags = xso.ChildList([StrTag, NumTag])


@aioxmpp.IQ.as_payload_class
class Claimed(Named):
    TAG = (DISCOVERY, 'claimed')
    jid = xso.Attr('jid', type_=xso.JID())
    public = xso.Attr('public', type_=xso.Bool(), default=True)


@aioxmpp.IQ.as_payload_class
class Search(xso.XSO):
    TAG = (DISCOVERY, 'search')
    offset = xso.Attr('offset', type_=xso.Integer(), default=0)
    max_count = xso.Attr('maxCount', type_=xso.Integer(), default=20)
    criteria = xso.ChildList([StrEq])


class Thing(Named):
    TAG = (DISCOVERY, 'thing')
    owner = xso.Attr('owner', type_=xso.JID())
    jid = xso.Attr('jid', type_=xso.JID())
    tags = xso.ChildList([StrTag, NumTag])


@aioxmpp.IQ.as_payload_class
class Found(xso.XSO):
    TAG = (DISCOVERY, 'found')
    more = xso.Attr('more', type_=xso.Bool(), default=False)
    things = xso.ChildList([Thing])


# XEP-0323.

class Numeric(xso.XSO):
    TAG = (SENSOR_DATA, 'numeric')
    name = xso.Attr('name')
    value = xso.Attr('value')
    unit = xso.Attr('unit', default=None)
    momentary = xso.Attr('momentary', type_=xso.Bool(), default=False)
    automatic_readout = xso.Attr('automaticReadout', type_=xso.Bool(), default=False)


class Timestamp(xso.XSO):
    TAG = (SENSOR_DATA, 'timestamp')
    value = xso.Attr('value', type_=xso.DateTime())
    fields = xso.ChildList([Numeric])


class Node(Named):
    TAG = (SENSOR_DATA, 'node')
    timestamps = xso.ChildList([Timestamp])


class Fields(xso.XSO):
    TAG = (SENSOR_DATA, 'fields')
    seqnr = xso.Attr('seqnr', type_=xso.Integer())
    done = xso.Attr('done', type_=xso.Bool(), default=False)
    nodes = xso.ChildList([Node])


class Error(Named):
    TAG = (SENSOR_DATA, 'error')
    timestamp = xso.Attr('timestamp', type_=xso.DateTime())
    text = xso.Text()


class Failure(xso.XSO):
    TAG = (SENSOR_DATA, 'failure')
    seqnr = xso.Attr('seqnr', type_=xso.Integer())
    done = xso.Attr('done', type_=xso.Bool(), default=False)
    errors = xso.ChildList([Error])


@aioxmpp.IQ.as_payload_class
class Req(xso.XSO):
    TAG = (SENSOR_DATA, 'req')
    seqnr = xso.Attr('seqnr', type_=xso.Integer())
    momentary = xso.Attr('momentary', type_=xso.Bool(), default=False)


@aioxmpp.IQ.as_payload_class
class Accepted(xso.XSO):
    TAG = (SENSOR_DATA, 'accepted')
    seqnr = xso.Attr('seqnr', type_=xso.Integer())
    queued = xso.Attr('queued', type_=xso.Bool(), default=False)


# Beside the stanza error: what stands in an error is to be described as well, or the whole answer counts as broken.
@aioxmpp.IQ.as_payload_class
class Rejected(xso.XSO):
    TAG = (SENSOR_DATA, 'rejected')
    seqnr = xso.Attr('seqnr', type_=xso.Integer())
    error = xso.ChildText((SENSOR_DATA, 'error'))


aioxmpp.Message.fields = xso.Child([Fields])
aioxmpp.Message.failure = xso.Child([Failure])


class Account:
    def __init__(self, client, registry):
        self.client = client
        self.registry = aioxmpp.JID.fromstr(registry)
        self.manner = 'good'
        self.claims, self.arrived = asyncio.Queue(), asyncio.Event()
        self.read_outs = {}
        self.seqnr = 0
        client.stream.register_iq_request_handler(aioxmpp.IQType.SET, Claimed, self.on_claimed)
        client.stream.register_iq_request_handler(aioxmpp.IQType.GET, Req, self.on_question)
        dispatcher = client.summon(aioxmpp.dispatcher.SimpleMessageDispatcher)
        dispatcher.register_callback(aioxmpp.MessageType.HEADLINE, None, self.on_message)
        client.summon(aioxmpp.RosterClient).on_subscribe.connect(self.on_subscribe)

    # The device.

    async def on_claimed(self, iq):
        self.claims.put_nowait({'by': str(iq.payload.jid)})

    async def on_question(self, iq):
        if self.manner == 'refuse':
            raise aioxmpp.XMPPAuthError(aioxmpp.ErrorCondition.FORBIDDEN, 'Access denied')
        if self.manner == 'silent':
            await asyncio.Event().wait()
        accepted = Accepted()
        accepted.seqnr = iq.payload.seqnr
        # What is sent before the answer is on its way is heard before it.
        asyncio.get_event_loop().call_soon(self.send_temperature, iq.from_, iq.payload.seqnr)
        return accepted

    def send_temperature(self, to, seqnr):
        numeric, timestamp, node = Numeric(), Timestamp(), Node()
        numeric.name, numeric.value, numeric.unit, numeric.momentary = 'Temperature', '21.50', '°C', True
        timestamp.value = datetime.now(timezone.utc).replace(tzinfo=None)
        timestamp.fields.append(numeric)
        node.node_id = ''
        node.timestamps.append(timestamp)
        message = aioxmpp.Message(to=to, type_=aioxmpp.MessageType.NORMAL)
        message.fields = Fields()
        message.fields.seqnr, message.fields.done = seqnr, self.manner == 'good'
        message.fields.nodes.append(node)
        self.client.enqueue(message)

    def on_subscribe(self, presence):
        """A contact that wants to know when this device is on line may."""
        self.client.summon(aioxmpp.RosterClient).approve(presence.from_)

    # The reader.

    def on_message(self, message):
        payload = message.fields or message.failure
        read_out = self.read_outs.get(payload.seqnr) if payload else None
        if read_out is None:
            return
        if message.failure:
            read_out['failures'].extend(error.text for error in message.failure.errors)
        else:
            read_out['fields'].extend(
                {'name': field.name, 'value': field.value, 'unit': field.unit, 'momentary': str(field.momentary).lower()}
                for node in payload.nodes for timestamp in node.timestamps for field in timestamp.fields
            )
        if read_out['fields']:
            self.arrived.set()
        if payload.done:
            read_out['ended'].set()

    async def order_read(self, to):
        self.seqnr += 1
        self.arrived.clear()
        req = Req()
        req.seqnr, req.momentary = self.seqnr, True
        read_out = self.read_outs[req.seqnr] = {'fields': [], 'failures': [], 'ended': asyncio.Event()}
        await self.ask(aioxmpp.IQType.GET, aioxmpp.JID.fromstr(to), req)
        await read_out['ended'].wait()
        return {'fields': read_out['fields'], 'failures': read_out['failures']}

    # The other orders.

    async def order_register(self, tags):
        register = Register()
        register.tags.extend(tags_of(StrTag, tags))
        await self.ask(aioxmpp.IQType.SET, self.registry, register)
        return {}

    async def order_claim(self, tags):
        mine = Mine()
        mine.tags.extend(tags_of(StrTag, tags))
        claimed = await self.ask(aioxmpp.IQType.SET, self.registry, mine)
        return {'jid': str(claimed.jid)}

    async def order_search(self, tags):
        search = Search()
        search.criteria.extend(tags_of(StrEq, tags))
        found = await self.ask(aioxmpp.IQType.GET, self.registry, search)
        return {'things': [str(thing.jid) for thing in found.things]}

    async def order_addresses(self, jid):
        items = await self.client.summon(DiscoClient).query_items(self.registry, node=jid)
        return {'addresses': [str(item.jid) for item in items.items]}

    async def order_ping(self, to):
        await aioxmpp.ping.ping(self.client, aioxmpp.JID.fromstr(to))
        return {}

    async def order_serve(self, manner):
        self.manner = manner
        return {}

    async def order_claimed(self):
        return await self.claims.get()

    async def order_arrived(self):
        await self.arrived.wait()
        return {}

    async def ask(self, type_, to, payload):
        return await self.client.send(aioxmpp.IQ(type_=type_, to=to, payload=payload))

    async def obey(self, id, do, **details):
        try:
            answer = await getattr(self, f'order_{do}')(**details)
        except aioxmpp.errors.XMPPError as refused:
            answer = {'error': refused.condition.value[1]}
        except Exception as fault:
            answer = {'error': repr(fault)}
        tell({'id': id, **answer})


def tags_of(kind, tags):
    for name, value in tags.items():
        tag = kind()
        tag.name, tag.value = name, value
        yield tag


def tell(answer):
    print(json.dumps(answer), flush=True)


async def main():
    jid, service, registry = sys.argv[1:]
    url = urlparse(service)

    async def password(_, attempts):
        return os.environ['XMPP_PASSWORD'] if attempts == 0 else None

    # The server of the tests is on this machine, and offers no encryption.
    security = SecurityLayer(
        aioxmpp.security_layer.default_ssl_context,
        aioxmpp.security_layer.PKIXCertificateVerifier,
        False,
        [PasswordSASLProvider(password)],
    )
    peer = (url.hostname, url.port, STARTTLSConnector())
    client = aioxmpp.PresenceManagedClient(aioxmpp.JID.fromstr(jid), security, override_peer=[peer])
    account = Account(client, registry)
    try:
        async with client.connected():
            tell({'id': 0, 'jid': str(client.local_jid)})
            reader = asyncio.StreamReader()
            loop = asyncio.get_running_loop()
            await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
            while line := await reader.readline():
                asyncio.ensure_future(account.obey(**json.loads(line)))
    except Exception as fault:
        tell({'id': 0, 'fatal': repr(fault)})
        sys.exit(1)


asyncio.run(main())
