# The smallest owner: it claims a Thing by the text of its QR code, and reads it. See examples/README.md.

require_relative 'log_in'
require 'xmpp4r/discovery'

DISCOVERY = 'urn:xmpp:iot:discovery'
SENSOR_DATA = 'urn:xmpp:iot:sensordata'
REGISTRY = ENV.fetch('REGISTRY')

def claim(client, text)
  tags = text.split(';').drop(1).map do |part|
    name, value = part.split(':', 2)
    xml('str', nil, name: name, value: value)
  end
  thing = ask(client, :set, REGISTRY, xml('mine', DISCOVERY, { public: 'false' }, *tags)).attributes['jid']
  Jabber::Discovery::Helper.new(client).get_items_for(REGISTRY, thing).first.jid
end

def read(client, address)
  done = Queue.new
  client.add_message_callback do |message|
    payload = payload_of(message)
    next unless payload&.namespace == SENSOR_DATA

    payload.each_element('node/timestamp/*') { |field| puts field.attributes.values_at('name', 'value', 'unit').join(' ') }
    payload.each_element('error') { |error| warn error.text }
    done << true if payload.attributes['done'] == 'true'
  end
  ask(client, :get, address, xml('req', SENSOR_DATA, seqnr: '1', momentary: 'true'))
  done.pop
end

client = log_in
begin
  read(client, claim(client, ARGV.fetch(0)))
rescue Jabber::ServerError => e
  warn e.error.text
end
client.close
