# The smallest Thing: it registers, is claimed, and tells its temperature when it is asked. See examples/README.md.

require_relative 'log_in'
require 'time'

DISCOVERY = 'urn:xmpp:iot:discovery'
SENSOR_DATA = 'urn:xmpp:iot:sensordata'
TAGS = { 'SN' => ENV.fetch('SN'), 'MAN' => 'example.org', 'KEY' => ENV.fetch('KEY') }

def temperature(seqnr)
  value = xml('numeric', nil, name: 'Temperature', value: '21.5', unit: '°C', momentary: 'true')
  node = xml('node', nil, { nodeId: '' }, xml('timestamp', nil, { value: Time.now.utc.iso8601 }, value))
  xml('fields', SENSOR_DATA, { seqnr: seqnr, done: 'true' }, node)
end

client = log_in
client.add_iq_callback do |iq|
  payload = payload_of(iq)
  next unless %i[get set].include?(iq.type)

  answer = iq.answer(false).set_type(:result)
  case [payload&.namespace, payload&.name]
  when [SENSOR_DATA, 'req']
    seqnr = payload.attributes['seqnr']
    client.send(answer.add(xml('accepted', SENSOR_DATA, seqnr: seqnr)) && answer)
    message = Jabber::Message.new(iq.from)
    message.add(temperature(seqnr))
    client.send(message)
  when [DISCOVERY, 'claimed'], [DISCOVERY, 'disowned'], [DISCOVERY, 'removed']
    client.send(answer)
    puts "#{payload.name} #{payload.attributes['jid']}"
  end
  true
end

tags = TAGS.map { |name, value| xml('str', nil, name: name, value: value) }
ask(client, :set, ENV.fetch('REGISTRY'), xml('register', DISCOVERY, {}, *tags))
puts "IoTDisco;#{TAGS.map { |name, value| "#{name}:#{value}" }.join(';')}"
sleep
