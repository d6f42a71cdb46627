"""The smallest owner: it claims a Thing by the text of its QR code, and reads it. See examples/README.md."""

import asyncio
import os
import sys
import slixmpp
from slixmpp.xmlstream import ET

DISCOVERY = 'urn:xmpp:iot:discovery'
REGISTRY = os.environ['REGISTRY']


class Owner(slixmpp.ClientXMPP):
    def __init__(self, jid, password):
        super().__init__(jid, password)
        self['feature_mechanisms'].unencrypted_scram = True  # for a server on this machine alone
        for plugin in ('xep_0030', 'xep_0323'):
            self.register_plugin(plugin)
        self.add_event_handler('session_start', self.begin)

    async def begin(self, _):
        self.send_presence()
        try:
            await self.read(await self.claim(sys.argv[1]))
        except slixmpp.exceptions.IqError as refused:
            print(refused.text, file=sys.stderr)
        await self.disconnect()

    async def claim(self, text):
        mine = ET.Element(f'{{{DISCOVERY}}}mine', public='false')
        for part in text.split(';')[1:]:
            name, _, value = part.partition(':')
            ET.SubElement(mine, f'{{{DISCOVERY}}}str', name=name, value=value)
        iq = self.make_iq_set(ito=REGISTRY)
        iq.append(mine)
        [claimed] = (await iq.send()).xml
        items = await self['xep_0030'].get_items(REGISTRY, node=claimed.get('jid'))
        [(address, _, _)] = items['disco_items']['items']
        return address

    async def read(self, address):
        done = asyncio.get_running_loop().create_future()

        def on_event(from_jid, result, fields=None, error_msg=None, **_):
            for field in fields or []:
                print(field['name'], field['value'], field.get('unit', ''), flush=True)
            if error_msg:
                print(error_msg, file=sys.stderr)
            if result in ('done', 'failure', 'rejected'):
                done.set_result(None)

        self['xep_0323'].request_data(self.boundjid.full, address, on_event, flags={'momentary': 'true'})
        await done


owner = Owner(os.environ['JID'], os.environ['PASSWORD'])
owner.connect((os.environ['HOST'], int(os.environ['PORT'])), disable_starttls=True)
owner.process(forever=False)
