# What device and reader have in common: an account, which is opened where there is none.

require 'xmpp4r'

# xmpp4r ends a thread when it has logged in, and does not wait for its end: then a log-in hangs now and then.
class Jabber::Stream
  def stop
    @parser_thread.kill.join
    @parser = nil
  end
end

$stdout.sync = true

def log_in
  client = Jabber::Client.new(ENV.fetch('JID'))
  client.connect(ENV.fetch('HOST'), ENV.fetch('PORT').to_i)
  begin
    client.register(ENV.fetch('PASSWORD'))
  rescue Jabber::ServerError
    # There is one.
  end
  client.auth(ENV.fetch('PASSWORD'))
  client.send(Jabber::Presence.new)
  client
end

def xml(name, namespace = nil, attributes = {}, *children)
  element = REXML::Element.new(name)
  element.add_namespace(namespace) if namespace
  attributes.each { |key, value| element.add_attribute(key.to_s, value) }
  children.each { |child| element.add(child) }
  element
end

def payload_of(stanza)
  stanza.elements.find { |element| element.name != 'error' }
end

# Asks, and waits for the answer. Raises Jabber::ServerError for an error.
def ask(client, type, to, payload)
  iq = Jabber::Iq.new(type, to)
  iq.add(payload)
  answer = nil
  client.send_with_id(iq) { |reply| answer = payload_of(reply) }
  answer
end
