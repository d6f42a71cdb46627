"""An account that runs ad-hoc commands with slixmpp's XEP-0050 plug-in, as told on standard input, a line of JSON each:

    {"to": JID, "node": NODE, "forms": [{FIELD: VALUE or [VALUES], ...}, ...]}   run a command, a form a stage
    {"to": JID, "list": true}                                                    list commands

It answers each by a line of JSON on standard output. Arguments: JID, password, host, port.
"""

import asyncio
import json
import sys

import slixmpp


class Account(slixmpp.ClientXMPP):
    def __init__(self, jid, password):
        super().__init__(jid, password)
        self.register_plugin('xep_0004')
        self.register_plugin('xep_0050')
        # The server of the tests is on this machine, and offers no encryption.
        self['feature_mechanisms'].unencrypted_plain = True
        self['feature_mechanisms'].unencrypted_scram = True
        self.add_event_handler('session_start', self.begin)
        self.add_event_handler('failed_all_auth', lambda _: self.fail('the password is wrong'))

    def fail(self, why):
        print(json.dumps({'fatal': why}), flush=True)
        sys.exit(1)

    async def begin(self, _):
        self.send_presence()
        await self.get_roster()
        print(json.dumps({'ready': self.boundjid.full}), flush=True)
        loop = asyncio.get_running_loop()
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            order = json.loads(line)
            answer = await (self.list(order) if 'list' in order else self.run_command(order))
            print(json.dumps(answer), flush=True)
        await self.disconnect()

    async def list(self, order):
        items = await self['xep_0050'].get_commands(order['to'])
        return {'nodes': [node for _, node, _ in items['disco_items']['items']]}

    async def run_command(self, order):
        """Runs a command by the plug-in's own session: start, continue, complete."""
        loop = asyncio.get_running_loop()
        forms = list(order['forms'])
        steps = []
        ended = loop.create_future()

        def next_stage(iq, session):
            try:
                go_on(iq, session)
            except Exception as fault:  # the plug-in would only log it
                ended.set_exception(fault)

        def go_on(iq, session):
            command = iq['command']
            steps.append(shown(command))
            if command['status'] != 'executing':
                ended.set_result({'steps': steps})
                return
            if not forms:
                self['xep_0050'].cancel_command(session)
                return
            session['payload'] = filled(command['form'], forms.pop(0))
            if 'complete' in command['actions']:
                self['xep_0050'].complete_command(session)
            else:
                self['xep_0050'].continue_command(session)

        def error(iq, session):
            self['xep_0050'].terminate_command(session)
            ended.set_result({'steps': steps, 'error': iq['error']['condition'], 'text': iq['error']['text']})

        self['xep_0050'].start_command(order['to'], order['node'], {'next': next_stage, 'error': error})
        try:
            return await asyncio.wait_for(ended, 20)
        except asyncio.TimeoutError:
            return {'steps': steps, 'error': 'timeout'}
        except Exception as fault:
            return {'steps': steps, 'error': repr(fault)}


def filled(form, values):
    """What is asked for, with the values given and the rest as it is."""
    answer = form
    answer['type'] = 'submit'
    for var, value in values.items():
        if var not in answer.get_fields():
            answer.add_field(var=var)
        answer.get_fields()[var].set_value(value)
    return answer


def shown(command):
    fields = [
        {'name': name, 'type': field['type'], 'value': field.get_value(convert=False)}
        for name, field in command['form'].get_fields().items()
    ]
    items = [dict(item) for item in command['form'].get_items()]
    return {
        'status': command['status'],
        'notes': [f'{kind}: {text}' for kind, text in command['notes']],
        'fields': fields,
        'items': items,
    }


def main():
    jid, password, host, port = sys.argv[1:]
    account = Account(jid, password)
    account.connect((host, int(port)), disable_starttls=True)
    account.process(forever=False)


main()
