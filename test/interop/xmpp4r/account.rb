# An account that xmpp4r logs in, for test/interop/libraries.test.ts: its orders are in test/interop/README.md.
# Arguments: JID, service, registry; the password is in XMPP_PASSWORD.

require 'json'
require 'time'
require 'uri'
require 'xmpp4r'
require 'xmpp4r/discovery'

DISCOVERY = 'urn:xmpp:iot:discovery'
SENSOR_DATA = 'urn:xmpp:iot:sensordata'

# Once it has logged in the library ends the thread that reads, and starts another; it does not wait for the end of the first,
# which may take what is meant for the second: then one in four logins hangs on a busy machine.
class Jabber::Stream
  def stop
    @parser_thread.kill.join
    @parser = nil
  end
end

$stdout.sync = true
TELLING = Mutex.new

def tell(answer)
  TELLING.synchronize { puts JSON.generate(answer) }
end

def xml(name, namespace, attributes = {}, *children)
  element = REXML::Element.new(name)
  element.add_namespace(namespace) unless namespace.nil?
  attributes.each { |key, value| element.add_attribute(key.to_s, value) unless value.nil? }
  children.each { |child| element.add(child) }
  element
end

# What it is for the library to be a device, an owner and a reader.
class Account
  def initialize(jid, service, registry)
    @registry = registry
    @manner = 'good'
    @claims = Queue.new
    @arrivals = Queue.new
    @read_outs = {}
    @seqnr = 0
    url = URI(service)
    @client = Jabber::Client.new(jid)
    @client.on_exception { |error, _, where| warn "#{where}: #{error&.full_message(highlight: false)}" }
    @client.add_iq_callback { |iq| on_request(iq) }
    @client.add_message_callback { |message| on_message(message) }
    @client.add_presence_callback { |presence| on_presence(presence) }
    @client.connect(url.host, url.port)
    @client.auth(ENV.fetch('XMPP_PASSWORD'))
    @client.send(Jabber::Presence.new)
    tell(id: 0, jid: @client.jid.to_s)
  end

  def obey(order)
    what, id = order.values_at('do', 'id')
    tell({ id: id }.merge(send("order_#{what}", order)))
  rescue Jabber::ServerError => e
    tell(id: id, error: e.error.error)
  rescue StandardError => e
    tell(id: id, error: e.full_message(highlight: false))
  end

  # Of earlier read-outs. Not in the thread of the order, which those who wait for what arrives could overtake.
  def forget_arrivals
    @arrivals.clear
  end

  def close
    @client.close
  end

  private

  # The device.

  def on_request(iq)
    payload = iq.elements.find { |element| element.is_a?(REXML::Element) }
    return if payload.nil? || !%i[get set].include?(iq.type)

    case payload.namespace
    when DISCOVERY
      @claims << { by: payload.attributes['jid'] } if payload.name == 'claimed'
      @client.send(iq.answer(false).set_type(:result))
    when SENSOR_DATA then on_question(iq, payload)
    when 'urn:xmpp:ping' then @client.send(iq.answer(false).set_type(:result))
    else refuse(iq, 'service-unavailable')
    end
    true
  end

  def on_question(iq, req)
    seqnr = req.attributes['seqnr']
    case @manner
    when 'refuse' then refuse(iq, 'forbidden', 'Access denied')
    when 'good', 'begin'
      accepted = iq.answer(false).set_type(:result)
      accepted.add(xml('accepted', SENSOR_DATA, seqnr: seqnr))
      @client.send(accepted)
      message = Jabber::Message.new(iq.from)
      message.add(temperature(seqnr, @manner == 'good' ? 'true' : nil))
      @client.send(message)
    end
  end

  def refuse(iq, condition, text = nil)
    answer = iq.answer(false).set_type(:error)
    answer.add(Jabber::ErrorResponse.new(condition, text))
    @client.send(answer)
  end

  def temperature(seqnr, done)
    value = xml('numeric', nil, name: 'Temperature', value: '21.50', unit: '°C', momentary: 'true')
    timestamp = xml('timestamp', nil, { value: Time.now.utc.iso8601 }, value)
    xml('fields', SENSOR_DATA, { seqnr: seqnr, done: done }, xml('node', nil, { nodeId: '' }, timestamp))
  end

  # A contact that wants to know when this device is on line may.
  def on_presence(presence)
    @client.send(Jabber::Presence.new.set_type(:subscribed).set_to(presence.from)) if presence.type == :subscribe
  end

  # The reader.

  def on_message(message)
    payload = message.elements.find { |element| element.namespace == SENSOR_DATA }
    read_out = payload && @read_outs[payload.attributes['seqnr']]
    return if read_out.nil?

    payload.each_element('node/timestamp/*') { |field| read_out[:fields] << attributes_of(field) }
    payload.each_element('error') { |error| read_out[:failures] << error.text }
    @arrivals << {} unless read_out[:fields].empty?
    read_out[:ended] << true if payload.attributes['done'] == 'true'
  end

  def attributes_of(element)
    element.attributes.each_with_object({}) { |(name, value), all| all[name] = value.to_s unless name == 'xmlns' }
  end

  def order_read(order)
    seqnr = (@seqnr += 1).to_s
    read_out = @read_outs[seqnr] = { fields: [], failures: [], ended: Queue.new }
    ask(:get, order['to'], xml('req', SENSOR_DATA, seqnr: seqnr, momentary: 'true'))
    read_out[:ended].pop
    read_out.slice(:fields, :failures)
  end

  # The other orders.

  def order_register(order)
    ask(:set, @registry, xml('register', DISCOVERY, {}, *tags(order['tags'], 'str')))
    {}
  end

  def order_claim(order)
    claimed = ask(:set, @registry, xml('mine', DISCOVERY, {}, *tags(order['tags'], 'str')))
    { jid: claimed.attributes['jid'] }
  end

  def order_search(order)
    found = ask(:get, @registry, xml('search', DISCOVERY, {}, *tags(order['tags'], 'strEq')))
    { things: found.get_elements('thing').map { |thing| thing.attributes['jid'] } }
  end

  def order_addresses(order)
    items = Jabber::Discovery::Helper.new(@client).get_items_for(@registry, order['jid'])
    { addresses: items.map { |item| item.jid.to_s } }
  end

  def order_ping(order)
    ask(:get, order['to'], xml('ping', 'urn:xmpp:ping'))
    {}
  end

  def order_serve(order)
    @manner = order['manner']
    {}
  end

  def order_claimed(_)
    @claims.pop
  end

  def order_arrived(_)
    @arrivals.pop
  end

  def tags(tags, name)
    tags.map { |key, value| xml(name, nil, name: key, value: value) }
  end

  # Asks, and waits for the answer's payload. Raises Jabber::ServerError for an error.
  def ask(type, to, payload)
    iq = Jabber::Iq.new(type, to)
    iq.add(payload)
    answer = nil
    @client.send_with_id(iq) { |reply| answer = reply.elements.find { |element| element.is_a?(REXML::Element) } }
    answer
  end
end

begin
  account = Account.new(*ARGV)
rescue StandardError => e
  tell(id: 0, fatal: e.to_s)
  exit 1
end
# Each order in a thread of its own, since the library waits for answers in the thread that asks.
while (line = $stdin.gets)
  order = JSON.parse(line)
  account.forget_arrivals if order['do'] == 'read'
  Thread.new(order) { |each| account.obey(each) }
end
account.close
