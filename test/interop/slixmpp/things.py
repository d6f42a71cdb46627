"""An account of slixmpp, for test/interop: device and reader are its own XEP-0323 plug-in, as it comes. The orders that it
takes are in test/interop/README.md. Arguments: JID, service, registry; the password is in XMPP_PASSWORD."""

import asyncio
import json
import os
import sys
from urllib.parse import urlparse
from xml.etree import ElementTree as ET

import slixmpp
from slixmpp.exceptions import IqError
from slixmpp.plugins.xep_0323.device import Device
from slixmpp.xmlstream.handler import Callback
from slixmpp.xmlstream.matcher import MatchXPath

DISCOVERY = 'urn:xmpp:iot:discovery'
ITEMS = 'http://jabber.org/protocol/disco#items'
# Seconds that the plug-in waits for the device object; longer than anyone waits for it.
COMM_TIMEOUT = 60


class Sensor(Device):
    """What is behind the plug-in. It is asked in a thread of its own."""

    def __init__(self, account, node_id):
        super().__init__(node_id)
        self.account = account
        self.hold([{'name': 'Temperature', 'type': 'numeric', 'value': '21.50', 'unit': '°C'}])

    def hold(self, fields):
        self.fields, self.momentary_data = {}, {}
        for field in fields:
            self._add_field(field['name'], field['type'], field.get('unit'), field.get('dataType'))
            self._add_field_momentary_data(field['name'], field['value'], dict(field.get('flags', {})))

    def request_fields(self, fields, flags, session, callback):
        manner = self.account.manner
        if manner == 'good':
            super().request_fields(fields, flags, session, callback)
        if manner == 'fail':
            callback(session, result='error', nodeId=self.nodeId, timestamp_block=None, error_msg='The probe is broken')
        if manner == 'begin':
            def begun(*args, result, **kwargs):
                callback(*args, result='fields', **kwargs)
            super().request_fields(fields, flags, session, begun)


class Account(slixmpp.ClientXMPP):
    def __init__(self, jid, registry):
        super().__init__(jid, os.environ['XMPP_PASSWORD'])
        self.registry = registry
        self.manner = 'good'
        self.claims, self.arrived = asyncio.Queue(), asyncio.Event()
        for plugin in ('xep_0004', 'xep_0030', 'xep_0059', 'xep_0128', 'xep_0199', 'xep_0323'):
            self.register_plugin(plugin)
        # The server of the tests is on this machine, and offers no encryption.
        self['feature_mechanisms'].unencrypted_plain = True
        self['feature_mechanisms'].unencrypted_scram = True
        self.sensors = {'': Sensor(self, '')}
        self['xep_0323'].register_node('', self.sensors[''], COMM_TIMEOUT)
        for name in ('claimed', 'disowned', 'removed'):
            path = f'{{jabber:client}}iq/{{{DISCOVERY}}}{name}'
            self.register_handler(Callback(name, MatchXPath(path), self.on_notice))
        self.add_event_handler('session_start', self.begin)
        self.add_event_handler('failed_all_auth', lambda _: self.fail('the password is wrong'))

    def fail(self, why):
        tell({'id': 0, 'fatal': why})
        sys.exit(1)

    def on_notice(self, iq):
        if iq['type'] != 'set':
            return
        iq.reply().send()
        [payload] = iq.xml
        self.claims.put_nowait({'notice': local_name(payload), 'by': payload.get('jid', '')})

    async def begin(self, _):
        self.send_presence()
        await self.get_roster()
        tell({'id': 0, 'jid': self.boundjid.full})
        # Held, as nothing else holds it: asyncio knows it, and who waits for it, by weak references alone.
        self.orders = asyncio.StreamReader()
        await self.loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(self.orders), sys.stdin)
        while line := await self.orders.readline():
            asyncio.ensure_future(self.obey(**json.loads(line)))
        await self.disconnect()
        # A thread of the plug-in may still wait for a device that will not answer.
        os._exit(0)

    async def obey(self, id, do, **details):
        try:
            answer = await getattr(self, f'order_{do}')(**details)
        except IqError as refused:
            answer = {'error': refused.iq['error']['condition']}
        except Exception as fault:
            answer = {'error': repr(fault)}
        tell({'id': id, **answer})

    async def ask(self, kind, to, payload):
        iq = self.make_iq(ito=to, itype=kind)
        iq.append(payload)
        return (await iq.send(timeout=20)).xml

    async def ask_registry(self, kind, name, tags, tag_name):
        payload = ET.Element(f'{{{DISCOVERY}}}{name}')
        for tag, value in tags.items():
            ET.SubElement(payload, f'{{{DISCOVERY}}}{tag_name}', name=tag, value=value)
        return await self.ask(kind, self.registry, payload)

    async def order_register(self, tags):
        await self.ask_registry('set', 'register', tags, 'str')
        return {}

    async def order_claim(self, tags):
        [claimed] = await self.ask_registry('set', 'mine', tags, 'str')
        return {'jid': claimed.get('jid')}

    async def order_search(self, tags):
        [found] = await self.ask_registry('get', 'search', tags, 'strEq')
        return {'things': [thing.get('jid') for thing in found]}

    async def order_addresses(self, jid=None):
        items = await self['xep_0030'].get_items(self.registry, node=jid)
        return {'addresses': [address for address, _, _ in items['disco_items']['items']]}

    async def order_ping(self, to):
        await self['xep_0199'].send_ping(to, timeout=20)
        return {}

    async def order_read(self, to, flags=None, fields=None, nodes=None):
        """By the plug-in's reader. It ends at the first failure, or when the plug-in says that all is done."""
        self.arrived.clear()
        ended = self.loop.create_future()
        read, states = [], []

        def on_event(from_jid, result, nodeId=None, timestamp=None, fields=None, error_msg=None):
            states.append(result)
            for field in fields or []:
                read.append({**field.pop('flags', {}), **field, 'timestamp': timestamp, 'nodeId': nodeId})
            if read:
                self.arrived.set()
            if result == 'rejected':
                ended.set_result({'error': 'rejected', 'text': error_msg, 'states': states})
            if result in ('done', 'failure', 'cancelled'):
                ended.set_result({'fields': read, 'failures': [error_msg] if error_msg else [], 'states': states})

        plugin = self['xep_0323']
        plugin.request_data(
            self.boundjid.full, to, on_event, nodeIds=nodes, fields=fields, flags=flags or {'momentary': 'true'}
        )
        return await ended

    async def order_serve(self, manner):
        self.manner = manner
        self['xep_0323']._set_authenticated('nobody@nowhere.example' if manner == 'refuse' else '')
        return {}

    async def order_hold(self, fields, node=''):
        """Gives a sensor its fields; one of a new name is made."""
        if node not in self.sensors:
            self['xep_0323'].nodes.pop('', None)
            self.sensors[node] = Sensor(self, node)
            self['xep_0323'].register_node(node, self.sensors[node], COMM_TIMEOUT)
        self.sensors[node].hold(fields)
        return {}

    async def order_claimed(self):
        notice = await self.claims.get()
        return {'by': notice['by']}

    async def order_notice(self):
        return await self.claims.get()

    async def order_arrived(self):
        await self.arrived.wait()
        return {}

    async def order_ask(self, kind, to, xml):
        """Any request, written out. Its answer too, without what is the same in all."""
        children = [ET.tostring(child, 'unicode') for child in await self.ask(kind, to, ET.fromstring(xml))]
        return {'answer': ''.join(children)}

    async def order_disco(self, to, node=None):
        info = (await self['xep_0030'].get_info(to, node=node))['disco_info']
        has_form = info.xml.find('{jabber:x:data}x') is not None
        form = {var: field['value'] for var, field in info['form'].get_fields().items()} if has_form else {}
        return {'identities': [list(each) for each in info['identities']], 'features': list(info['features']), 'form': form}

    async def order_pages(self, to, size):
        """The items of an address, page by page, by the plug-ins for XEP-0030 and XEP-0059."""
        pages = []
        iterator = await self['xep_0030'].get_items(to, iterator=True)
        iterator.amount = size
        async for page in iterator:
            pages.append([address for address, _, _ in page['disco_items']['items']])
        return {'pages': pages}


def local_name(element):
    return element.tag.rpartition('}')[2]


def tell(answer):
    print(json.dumps(answer), flush=True)


def main():
    jid, service, registry = sys.argv[1:]
    url = urlparse(service)
    account = Account(jid, registry)
    account.connect((url.hostname, url.port), disable_starttls=True)
    account.process(forever=False)


main()
