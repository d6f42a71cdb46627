"""The smallest Thing: it registers, is claimed, and tells its temperature when it is asked. See examples/README.md."""

import os
import slixmpp
from slixmpp.plugins.xep_0323.device import Device
from slixmpp.xmlstream import ET
from slixmpp.xmlstream.handler import Callback
from slixmpp.xmlstream.matcher import MatchXPath

DISCOVERY = 'urn:xmpp:iot:discovery'
TAGS = {'SN': os.environ['SN'], 'MAN': 'example.org', 'KEY': os.environ['KEY']}


class Thermometer(Device):
    def refresh(self, fields):
        self._add_field_momentary_data('Temperature', '21.5')


class Thing(slixmpp.ClientXMPP):
    def __init__(self, jid, password):
        super().__init__(jid, password)
        self['feature_mechanisms'].unencrypted_scram = True  # for a server on this machine alone
        sensor = Thermometer('')
        sensor._add_field('Temperature', 'numeric', unit='°C')
        sensor.refresh(None)
        # Not in threads: what a thread of the plug-in says waits until something else happens on the connection.
        self.register_plugin('xep_0323', {'threaded': False})
        self['xep_0323'].register_node('', sensor, commTimeout=10)
        self.add_event_handler('session_start', self.begin)
        for notice in ('claimed', 'disowned', 'removed'):
            path = MatchXPath(f'{{jabber:client}}iq/{{{DISCOVERY}}}{notice}')
            self.register_handler(Callback(notice, path, self.on_notice))

    async def begin(self, _):
        self.send_presence()
        register = ET.Element(f'{{{DISCOVERY}}}register')
        for name, value in TAGS.items():
            ET.SubElement(register, f'{{{DISCOVERY}}}str', name=name, value=value)
        iq = self.make_iq_set(ito=os.environ['REGISTRY'])
        iq.append(register)
        await iq.send()
        print('IoTDisco;' + ';'.join(f'{name}:{value}' for name, value in TAGS.items()), flush=True)

    def on_notice(self, iq):
        if iq['type'] == 'set':
            iq.reply().send()
            [notice] = iq.xml
            print(notice.tag.rpartition('}')[2], notice.get('jid', ''), flush=True)


thing = Thing(os.environ['JID'], os.environ['PASSWORD'])
thing.connect((os.environ['HOST'], int(os.environ['PORT'])), disable_starttls=True)
thing.process()
