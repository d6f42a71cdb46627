import type { Specification } from './requirement.js';

export const XEP_0347: Specification = {
  xep: '0347',
  name: 'Internet of Things - Discovery',
  version: '0.5.1',
  scope:
    'The component is a Thing Registry hosted as a server component. What a Thing or its owner does is done by the libraries for devices (src/device) and for clients (src/client), and is tested with them; what XMPP servers and networks do is asked of others.',
  sections: {
    '3.1 Production': [
      {
        says: 'Address of the server, JID of the Thing, registry and provisioning server may be preconfigured or be found',
        done: 'device: registration > opens an account, finds the registry, registers, and learns its owner',
      },
    ],
    '3.2 Installation': [
      {
        says: 'Manual entry of parameters should be avoided',
        done: 'device: registration > opens an account, finds the registry, registers, and learns its owner',
      },
    ],
    '3.3 Finding XMPP Server': [
      {
        MUST: 'A Thing without a preconfigured server looks for one nearby',
        not: "The library takes the server from its account, as nearly all clients do; DHCP, mDNS and SSDP find a server before there is any XMPP, and are the operating system's.",
      },
      { says: "By DHCP, option 224 or 84 with the server's name", others: 'the DHCP server of the network' },
      {
        MUST: 'The server publishes a PTR, an A or AAAA, an SRV and a TXT record by multicast DNS',
        others: 'the XMPP server, and the mDNS daemon beside it',
      },
      {
        MUST: 'The TXT record is published; it MAY be a single zero byte',
        others: 'the mDNS daemon beside the XMPP server',
      },
      {
        MUST: 'A machine name that is taken is replaced, by `-1`, `-2` ... appended',
        others: 'the mDNS daemon of each machine',
      },
      { says: 'SSDP/UPnP is to be determined', others: 'a later version of the specification' },
    ],
    '3.4 Connection to XMPP Server': [
      { says: 'Of several servers the client may choose', others: 'the Thing: its account names one' },
      {
        says: 'A Thing without an account may register one (XEP-0077)',
        done: [
          'device: registration > opens an account, finds the registry, registers, and learns its owner',
          'device: registration > an account that is there with another password is not opened anew',
        ],
      },
    ],
    '3.5 Finding Thing Registry': [
      {
        says: 'A registry may be a server component by XEP-0114',
        done: 'connection: a connection > authenticates, with a secret beyond ASCII too, and carries stanzas both ways',
      },
      {
        says: 'A registry may be an XMPP client with a JID of its own',
        not: 'It is one or the other; as a component it needs no roster and serves all Things of the server. Section 6.1 recommends the component.',
      },
      {
        says: 'It is found at a preconfigured component address',
        done: 'preconfigured: a registry at a preconfigured component address is asked at once',
      },
      {
        says: 'It is found by searching the components of the server',
        done: [
          'registry-live: the registry > is found by asking the server for its components, and these for what they are',
          'device: registration > opens an account, finds the registry, registers, and learns its owner',
        ],
      },
      {
        says: 'By a preconfigured subdomain or user name, added to the domain of the server',
        not: 'The library is given the whole address or searches the server, which finds the same; a user name that is the same everywhere is what section 6.2 warns of.',
      },
    ],
    '3.6 Registering Thing': [
      {
        says: 'A Thing registers with its tags; the answer is always empty',
        done: [
          'registry-handler: register > is answered empty, and then the Thing is befriended and heard',
          'registry-live: asked by IQs of type set, the registry > sees a Thing from registration to its end',
        ],
      },
      {
        says: 'Tags are strings or numbers, and comparisons go by that',
        done: [
          'search-rules: a search > of numbers by *',
          'search-rules: a search > of strings by *',
          'registry-search: the operators > *',
        ],
      },
      {
        says: 'The Thing should register only what its owner has to know',
        others: 'the Thing, which chooses its tags',
      },
      {
        says: 'To claim, the same meta data must be given as was registered',
        done: ['registry-rules: claim > fails without one tag', 'registry-rules: claim > fails with one tag more'],
      },
      {
        says: 'An unclaimed Thing is in no search result',
        done: 'registry-rules: register > makes one unclaimed record a JID, which no search finds',
      },
      {
        says: 'A Thing can register as often as it wants',
        done: 'registry-live: asked by IQs of type set, the registry > sees a Thing from registration to its end',
      },
      {
        MUST: 'There is only one record a bare JID',
        done: [
          'registry-rules: register > makes one unclaimed record a JID, which no search finds',
          'things: registrations > of two resources of one account are one record',
        ],
      },
      {
        says: 'A new registration overrides all information before, tags that are not in it included',
        done: 'registry-rules: register > replaces all tags',
      },
      {
        says: 'A claimed Thing should not register again unless it is reset',
        done: 'device: registration > learns on coming back who claimed it meanwhile, also when the component restarted',
      },
      {
        MUST: 'Of a Thing that is claimed a registration updates no meta data',
        done: 'registry-rules: register > answers who owns it, and changes no tag, when it is claimed',
      },
      {
        MUST: 'Such a registration is answered `claimed` with the JID of the owner',
        done: 'registry-handler: register > of a claimed Thing names the owner, the node and whether it is public',
      },
      {
        says: "The Thing takes the owner's JID from there and is claimed",
        done: 'device: registration > learns on coming back who claimed it meanwhile, also when the component restarted',
      },
      {
        says: 'Tag names are case insensitive',
        done: ['tags: tagName > sn is SN', "registry-search: the operators > <strEq name='kind' value='Apple'/>"],
      },
    ],
    '3.7 Register self-owned Thing': [
      {
        says: "`selfOwned='true'` registers the Thing as public and claimed at once",
        done: [
          'registry-rules: register selfOwned > makes a public Thing owned by its own JID, found at once',
          'registry-live: asked by IQs of type set, the registry > takes a Thing that owns itself',
        ],
      },
      { says: 'No owner needs to claim it', done: 'registry-rules: register selfOwned > cannot be claimed by others' },
    ],
    '3.8 Register Thing behind Concentrator': [
      {
        says: 'nodeId, sourceId and cacheType are optional and identify the Thing behind a JID',
        done: [
          'registry-codec: examples > register-behind-concentrator',
          'registry-live: asked by IQs of type set, the registry > sees a Thing behind a concentrator from registration to its end',
        ],
      },
      {
        says: 'The triple is unique within the concentrator: each is a Thing of its own',
        done: 'things: Things behind one JID > differ by each of nodeId, sourceId and cacheType',
      },
      {
        says: 'A Thing behind a concentrator may be self-owned too',
        done: 'registry-handler: search > shows owner, JID, node and tags as they came, never KEY, and whether there is more',
      },
    ],
    '3.9 Claiming Ownership of a Thing': [
      {
        says: 'The owner gives what the Thing has registered; it has to be long, for nobody to guess it',
        done: [
          'registry-rules: claim > of a Thing that registered without KEY needs keylessClaims',
          'claims: failed claims > are counted a bare JID: another resource is the same claimant, another user is not',
        ],
      },
      {
        MUST: 'The text of a QR code is `IoTDisco`, then `;`, `#` before a numeric tag, the name, `:` and the value',
        done: 'iot-disco: IoTDisco > is written and read as in the specification',
      },
      {
        says: 'Semicolons and backslashes in values are escaped by a backslash',
        done: 'iot-disco: IoTDisco > escapes semicolons and backslashes',
      },
      {
        MUST: 'A tag name never has a colon, a hash sign or white space',
        done: [
          'tags: tagName > "a:b" is refused: name-forbidden-character',
          'tags: tagName > "a#b" is refused: name-forbidden-character',
          'tags: tagName > "a b" is refused: name-forbidden-character',
        ],
      },
      {
        says: 'The QR code holds the text in UTF-8',
        done: 'iot-disco: IoTDisco > comes back as it was, whatever the tags',
      },
      {
        says: 'The owner claims by `mine` with the tags',
        done: [
          'registry-handler: mine > {} is answered with the Thing, and then the Thing is told',
          'client: owning > claims by the text of a QR code, or by tags',
        ],
      },
      {
        says: 'Without `public` the Thing is public after the claim',
        done: 'registry-handler: mine > {} is answered with the Thing, and then the Thing is told',
      },
      {
        says: "With `public='false'` the claimed Thing is not public",
        done: [
          'registry-handler: mine > {"public":"0"} is answered with the Thing, and then the Thing is told',
          'things: a Thing that was claimed as private > is found by no search',
        ],
      },
      {
        says: 'The claim succeeds for an unclaimed Thing of exactly the same meta data, in any order',
        done: 'registry-rules: claim > succeeds with equal tags: case of names, order, NFC, number by value, empty ones absent',
      },
      {
        says: '"An empty result is returned" on success',
        otherwise:
          'The next sentence and the example have `claimed` with the JID of the Thing, without which the owner would not know what he owns; libraries need it.',
        shown: 'registry-live: asked by IQs of type set, the registry > sees a Thing from registration to its end',
      },
      {
        says: 'A claim by who has claimed it already is a success, with the bare JID of the Thing',
        done: [
          'registry-rules: claim > by another fails, by the owner succeeds again and changes nothing',
          'registry-live: asked by IQs of type set, the registry > sees a Thing from registration to its end',
        ],
      },
      {
        says: 'The result has the nodeId, sourceId and cacheType that are needed to reach the Thing',
        done: 'registry-live: asked by IQs of type set, the registry > sees a Thing behind a concentrator from registration to its end',
      },
      {
        says: "The claim fails where there is no such Thing, or it is another's",
        done: 'registry-handler: mine > of what is not there, or is another’s, is the same failure',
      },
      {
        says: 'The failure avoids to tell why',
        done: 'registry-handler: mine > of what is not there, or is another’s, is the same failure',
      },
      {
        says: 'After the claim the registry tells the Thing the bare JID of its owner',
        done: [
          'registry-handler: the messenger > asks by IQ set from the domain, with the deadline',
          'registry-live: asked by IQs of type set, the registry > sees a Thing from registration to its end',
        ],
      },
      {
        says: 'The Thing need not register any more then',
        done: 'device: registration > learns on coming back who claimed it meanwhile, also when the component restarted',
      },
      {
        says: "A private claim is told with `public='false'`",
        done: 'notifier: a notice > says who has claimed the Thing, and whether it is public: false',
      },
      {
        says: '`public` absent from `claimed` means public, and false that no updates are needed',
        otherwise: 'Clients differ on what its absence means, so it is always written to Things.',
        shown: 'registry-handler: the messenger > asks by IQ set from the domain, with the deadline',
      },
      {
        MUST: 'The notice of a Thing behind a concentrator has its nodeId, sourceId and cacheType',
        done: 'registry-handler: the messenger > asks by IQ set from the domain, with the deadline',
      },
      {
        says: 'The Thing acknowledges by an empty result',
        done: [
          'notifier: a notice > is told once: a result ends it',
          'device: registration > opens an account, finds the registry, registers, and learns its owner',
        ],
      },
      {
        says: "The Thing then accepts the owner's friendship and may ask for it",
        done: 'device: friends > its owner may see it on line, a stranger may not',
      },
      {
        says: 'Tag names are case insensitive in claims too',
        done: 'registry-rules: claim > succeeds with equal tags: case of names, order, NFC, number by value, empty ones absent',
      },
    ],
    '3.10 Removing Thing from Registry': [
      {
        says: 'The owner removes a Thing by its bare JID',
        done: 'registry-handler: remove > is answered at once; then the Thing is told, and its subscription ends',
      },
      {
        MUST: 'The request has the nodeId, sourceId and cacheType of a Thing behind a concentrator',
        done: [
          'registry-codec: examples > remove-behind-concentrator',
          'things: Things behind one JID > differ by each of nodeId, sourceId and cacheType',
        ],
      },
      {
        says: "It is removed and answered empty where it is the caller's",
        done: 'registry-rules: remove > takes an owned Thing out and owes it the news',
      },
      {
        says: 'Otherwise the answer is item-not-found',
        done: [
          'registry-handler: remove > is answered at once; then the Thing is told, and its subscription ends',
          'registry-rules: remove > is not for a Thing that nobody claimed',
        ],
      },
      {
        says: 'The Thing, if it is a friend, is told `removed`',
        otherwise:
          'It is told in any case: a component needs no friendship (section 5.1), and the news is kept for a Thing that is away.',
        shown: [
          'registry-live: asked by IQs of type set, the registry > sees a Thing from registration to its end',
          'notifier: the session > of a Thing that was removed is the one that had spoken',
        ],
      },
      {
        says: '`removed` names the node of a Thing behind a concentrator',
        done: [
          'registry-codec: examples > removed-behind-concentrator',
          'registry-live: asked by IQs of type set, the registry > sees a Thing behind a concentrator from registration to its end',
        ],
      },
      {
        says: 'The Thing acknowledges by an empty result',
        done: [
          'notices: a notice > of a removal is given up after three deliveries',
          'device: registration > stays out of the registry when it was removed, until it is reset',
        ],
      },
    ],
    '3.11 Finding Provisioning Server': [
      {
        says: 'The registry itself can be a provisioning server, which disco#info of it shows',
        done: 'provisioning: is announced of the component, and of no Thing',
      },
      {
        says: 'Otherwise one is preconfigured, the owner, or found among the components',
        not: 'The device library asks the registry that it registered with, and nobody else: two authorities could contradict each other.',
      },
    ],
    '3.12 Delegating Trust': [
      {
        says: 'The Thing delegates its trust to the provisioning server by XEP-0324',
        done: [
          'device: whom the registry vouches for > reads a Thing that is its own directly, as everyone may',
          'device: whom the registry vouches for > nobody is vouched for while the registry cannot be asked',
        ],
      },
    ],
    '3.13 Update Meta Information about Thing in Registry': [
      {
        says: 'A public Thing can update its meta data at any time, for searches to find',
        done: 'registry-live: asked by IQs of type set, the registry > sees a Thing from registration to its end',
      },
      {
        says: 'Only the tags in the request are overwritten',
        done: 'registry-rules: update > by the Thing overwrites the tags given and leaves the others',
      },
      {
        says: 'An empty value removes a string tag',
        done: 'registry-rules: update > of a tag of the other kind takes the kind last written; an empty string removes a number',
      },
      {
        says: 'It is recommended to change or remove what a claim needs once it has been claimed',
        done: [
          'device: registration > empties its KEY once it is claimed, so that what a copied QR code says is worth nothing',
          'registry-rules: claim > no longer matches a Thing that has emptied its KEY',
        ],
      },
      {
        MUST: 'The update of a Thing behind a concentrator has its nodeId, sourceId and cacheType',
        done: [
          'registry-codec: examples > update-behind-concentrator',
          'things: Things behind one JID > differ by each of nodeId, sourceId and cacheType',
        ],
      },
      {
        says: 'The update of a claimed Thing is acknowledged',
        done: 'registry-handler: update > by the Thing is answered empty where it is claimed',
      },
      {
        says: 'A Thing that is not there is answered item-not-found',
        done: 'registry-handler: update > by one who is not registered is item-not-found, and nothing is kept of him',
      },
      {
        says: 'The Thing then takes it that its owner removed it, and stops updating',
        done: 'device: registration > stays out of the registry when it was removed, until it is reset',
      },
      {
        MUST: 'Of a Thing that nobody owns an update changes nothing',
        done: 'registry-rules: update > of a Thing that is not there, or not claimed, changes nothing and says which',
      },
      {
        MUST: 'It is answered `disowned`',
        done: 'registry-handler: update > by a Thing that nobody owns is answered disowned, with its node',
      },
      {
        says: 'The Thing then registers anew, to be claimed again',
        done: 'device: registration > registers anew when it is disowned, and can be claimed again',
      },
    ],
    '3.14 Owner updating Meta Information about Thing in Registry': [
      {
        says: 'The owner updates with the JID of the Thing',
        done: 'registry-handler: update > by the owner names the Thing; of another’s there is none',
      },
      {
        says: "Without `jid` the sender's own JID is meant",
        done: 'registry-handler: update > by the Thing is answered empty where it is claimed',
      },
      {
        MUST: 'nodeId, sourceId and cacheType say which Thing behind a concentrator is meant',
        done: [
          'registry-codec: examples > update-by-owner-behind-concentrator',
          'things: Things behind one JID > differ by each of nodeId, sourceId and cacheType',
        ],
      },
      {
        says: "The update of one's own Thing is acknowledged",
        done: 'registry-handler: update > by the owner names the Thing; of another’s there is none',
      },
      {
        MUST: "Of another's Thing, or none, it is reported as not existing",
        done: [
          'registry-handler: update > by the owner names the Thing; of another’s there is none',
          'registry-rules: update > by the owner works; by another, or on an unclaimed Thing, there is no such Thing',
        ],
      },
    ],
    '3.15 Search for Public Things in Registry': [
      {
        says: 'Anyone with access can search for public Things, self-owned ones included',
        done: [
          'registry-live: asked by IQs of type set, the registry > takes a Thing that owns itself',
          'registry-handler: search > shows owner, JID, node and tags as they came, never KEY, and whether there is more',
        ],
      },
      {
        says: 'Things that are not claimed, or were removed, are never found',
        done: [
          'search-rules: a search > finds public Things alone',
          'registry-live: asked by IQs of type set, the registry > sees a Thing from registration to its end',
        ],
      },
      {
        says: 'A search has one or more operators',
        done: 'registry-codec: hostile twins > bad-search-without-operator',
      },
      {
        says: 'Several operators mean their intersection',
        done: [
          'search-rules: a search > wants all criteria to hold, each by any of the tags',
          "registry-search: the operators > <numGt name='SIZE' value='0'/><strLt name='KIND' value='a'/>",
        ],
      },
      {
        says: '`strEq`, `strNEq`: equal, not equal',
        done: [
          "registry-search: the operators > <strEq name='KIND' value='apple'/>",
          "registry-search: the operators > <strNEq name='KIND' value='apple'/>",
        ],
      },
      {
        says: '`strGt`, `strGtEq`, `strLt`, `strLtEq`: order of strings',
        done: [
          "registry-search: the operators > <strGt name='KIND' value='apple'/>",
          "registry-search: the operators > <strGtEq name='KIND' value='apple'/>",
          "registry-search: the operators > <strLt name='KIND' value='apple'/>",
          "registry-search: the operators > <strLtEq name='KIND' value='apple'/>",
        ],
      },
      {
        says: '`strRange`, `strNRange`: within and outside, each end included or not',
        done: ['registry-search: the operators > <strRange *', 'registry-search: the operators > <strNRange *'],
      },
      {
        says: '`strMask`: like a constant with wildcards',
        done: [
          "registry-search: the operators > <strMask name='KIND' value='*an*' wildcard='*'/>",
          'search-rules: matchesMask > finds what a regular expression finds',
        ],
      },
      {
        says: '`numEq`, `numNEq`, `numGt`, `numGtEq`, `numLt`, `numLtEq`: the same for numbers',
        done: [
          "registry-search: the operators > <numEq name='SIZE' value='2.5'/>",
          "registry-search: the operators > <numNEq name='SIZE' value='1'/>",
          "registry-search: the operators > <numGt name='SIZE' value='1'/>",
          "registry-search: the operators > <numGtEq name='SIZE' value='1e0'/>",
          "registry-search: the operators > <numLt name='SIZE' value='0'/>",
          "registry-search: the operators > <numLtEq name='SIZE' value='0'/>",
        ],
      },
      {
        says: '`numRange`, `numNRange`: the same for numbers',
        done: ['registry-search: the operators > <numRange *', 'registry-search: the operators > <numNRange *'],
      },
      {
        says: '`offset` skips so many results',
        done: [
          'registry-handler: search > shows owner, JID, node and tags as they came, never KEY, and whether there is more',
          'registry-search: paging > shows each Thing once, in the order of registration, also while Things change',
        ],
      },
      {
        says: '`maxCount` is how many at most are wanted; the registry can lower it',
        done: 'registry-search: paging > gives 20 unless asked for more, 100 at most, and says whether there is more',
      },
      {
        MUST: 'A tag name that is not there makes an empty result',
        done: "registry-search: the operators > <strNEq name='NOWHERE' value='x'/>",
      },
      {
        MUST: 'A search that names KEY finds nothing',
        done: [
          "registry-search: the operators > <strNEq name='KEY' value='x'/>",
          "registry-search: the operators > <strEq name='key' value='apple'/>",
          "registry-search: the operators > <strMask name='KEY' value='*' wildcard='*'/>",
        ],
      },
      {
        MUST: 'Results never have KEY',
        done: 'registry-search: what is found > says tags in upper case and NFC, in their order, numbers with the digits they came with, never KEY',
      },
      {
        says: 'Results have owner, JID and tags',
        done: 'registry-handler: search > shows owner, JID, node and tags as they came, never KEY, and whether there is more',
      },
      {
        MUST: 'Results have the nodeId, sourceId and cacheType of a Thing behind a concentrator',
        done: [
          'registry-codec: examples > found-behind-concentrator',
          'things: Things behind one JID > differ by each of nodeId, sourceId and cacheType',
        ],
      },
      {
        says: "`more='true'` where there are more results",
        done: 'registry-search: paging > gives 20 unless asked for more, 100 at most, and says whether there is more',
      },
    ],
    '3.16 Unregistering Thing from Registry': [
      {
        says: 'A Thing can unregister itself',
        done: 'registry-rules: unregister > forgets the Thing, its owner and what it was owed; is the same for one that was not there',
      },
      {
        MUST: 'A Thing behind a concentrator is named by nodeId, sourceId and cacheType',
        done: [
          'registry-codec: examples > unregister-behind-concentrator',
          'things: Things behind one JID > differ by each of nodeId, sourceId and cacheType',
        ],
      },
      {
        says: 'The answer is always empty',
        done: 'registry-handler: unregister > is answered empty, of what was there and of what was not',
      },
    ],
    '3.17 Disowning Thing': [
      {
        says: 'The owner can disown a Thing',
        done: 'registry-rules: disown > leaves the Thing without owner and tags, unclaimable until it registers, once it has acknowledged',
      },
      {
        MUST: 'A Thing behind a concentrator is named by nodeId, sourceId and cacheType',
        done: [
          'registry-codec: examples > disown-behind-concentrator',
          'things: Things behind one JID > differ by each of nodeId, sourceId and cacheType',
        ],
      },
      {
        says: "Of another's Thing, or none, the answer is item-not-found",
        done: [
          'registry-handler: disown > of another’s finds none',
          'registry-rules: disown > by one who does not own it finds no Thing, and asks nobody',
        ],
      },
      {
        MUST: 'Of a Thing that is not on line the answer is not-allowed, and it stays owned',
        done: 'disowning: disowning > is not allowed where the Thing is off line, and changes nothing',
      },
      {
        says: '"Not on line as a friend": a Thing has to be a friend to be disowned',
        otherwise: 'A component needs no friendship (section 5.1): the Thing is on line where it answers.',
        shown: 'disowning: disowning > waits for the Thing to acknowledge, and asks the session that spoke for it',
      },
      {
        says: 'Before it answers the owner, the registry tells the Thing `disowned`',
        done: 'disowning: disowning > waits for the Thing to acknowledge, and asks the session that spoke for it',
      },
      {
        says: '`disowned` names the node of a Thing behind a concentrator',
        done: [
          'registry-codec: examples > disowned-behind-concentrator',
          'registry-live: asked by IQs of type set, the registry > sees a Thing behind a concentrator from registration to its end',
        ],
      },
      {
        says: 'The Thing acknowledges by an empty result',
        done: 'device: registration > registers anew when it is disowned, and can be claimed again',
      },
      {
        says: 'A registration that comes instead of the acknowledgement',
        otherwise:
          'The specification has no word for it, and Things do it: it is the acknowledgement, and both are committed together.',
        shown: 'disowning: disowning > is acknowledged by a registration that comes meanwhile, whose answer is empty',
      },
      {
        says: 'After the acknowledgement the Thing is unclaimed',
        done: 'registry-rules: disown > leaves the Thing without owner and tags, unclaimable until it registers, once it has acknowledged',
      },
      {
        says: 'All its tags are removed',
        done: 'registry-rules: disown > leaves the Thing without owner and tags, unclaimable until it registers, once it has acknowledged',
      },
      {
        says: 'A random KEY is added, for nobody to claim it by a guess',
        otherwise:
          'Nothing is added: a Thing without tags cannot be claimed at all until it registers, which is stronger than any KEY.',
        shown:
          'registry-rules: disown > leaves the Thing without owner and tags, unclaimable until it registers, once it has acknowledged',
      },
      {
        says: 'The owner is then answered empty',
        done: 'registry-handler: disown > of a Thing that has acknowledged it is answered: empty',
      },
      {
        says: 'No acknowledgement, or an error, is answered as if it were off line',
        done: [
          'disowning: disowning > is not allowed where the Thing refuses, and changes nothing',
          'disowning: disowning > is not allowed where the Thing is silent for 4 s, whoever else answers, and late is too late',
        ],
      },
    ],
    '4 Determining Support': [
      {
        MUST: 'disco#info has the feature urn:xmpp:iot:discovery',
        done: [
          'registry-handler: the protocol > takes get and set alike, at the domain, from those who may use it',
          'registry-live: the registry > is found by asking the server for its components, and these for what they are',
        ],
      },
      {
        says: 'Components are found by disco#items of the server, and disco#info of each',
        done: 'registry-live: the registry > is found by asking the server for its components, and these for what they are',
      },
    ],
    '5.1 JID vs Component Thing Registries': [
      {
        MUST: 'A client treats a registry with a JID of its own otherwise than a component',
        others: 'the client, where there is such a registry: the library deals with components',
      },
      {
        says: 'With a component no friendship is needed; requests can be made at once',
        done: 'registry-live: asked by IQs of type set, the registry > sees a Thing from registration to its end',
      },
      {
        says: 'A registry that is a client must be in the roster',
        others: 'the Thing, where the registry is a client',
      },
    ],
    '5.2 Meta Tags': [
      {
        says: 'Number and names of tags are not limited',
        otherwise:
          'At most 64 tags a Thing, counted after the change, as section 6.6 suggests against spam; names are free.',
        shown: 'registry-rules: register > takes 64 tags and refuses 65, changing nothing',
      },
      {
        says: 'A tag name has at most 32 characters',
        done: [
          'tags: tagName > "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" is refused: name-too-long',
          'registry-codec: hostile twins > bad-register-tag-name-too-long',
        ],
      },
      {
        MUST: 'Tag names have no colon, hash sign or white space',
        done: [
          'registry-codec: hostile twins > bad-register-tag-name-with-colon',
          'registry-codec: hostile twins > bad-register-tag-name-with-hash',
          'registry-codec: hostile twins > bad-register-tag-name-with-space',
        ],
      },
      {
        MUST: 'String values have at most 128 characters',
        done: [
          'registry-codec: hostile twins > bad-register-tag-value-too-long',
          'tags: stringValue > is kept in NFC, and counts characters',
        ],
      },
      {
        MUST: 'The predefined tags have the meanings of the table',
        done: 'things: the predefined tags > can all be registered, found and shown, each of its kind',
      },
      {
        says: 'The registry chooses which tags it keeps',
        done: 'things: the predefined tags > can all be registered, found and shown, each of its kind',
      },
      {
        MUST: 'It supports all predefined tags',
        done: 'things: the predefined tags > can all be registered, found and shown, each of its kind',
      },
    ],
    '5.3 Friendships between Things and Registry': [
      {
        MUST: 'A Thing keeps a friendship with the registry only while it needs it',
        done: [
          'reach: a subscription > is asked for once a JID, however often it registers',
          'reach: a subscription > ends when the last Thing of the JID is gone, once',
        ],
      },
      {
        says: 'The friendship can be made again when it is needed',
        done: 'presence: the domain > grants a subscription to whoever reaches it, shows that it is there, and asks for none in return',
      },
    ],
    '6.1 Jabber Components Protocol': [
      {
        says: 'The port of components is not for the open network: it has no TLS, no SASL, no proof of the server',
        done: 'component: the component port > is loopback, in what is shipped',
      },
    ],
    '6.2 Hijacking predefined JIDs': [
      {
        says: 'Predefined user names are registered beforehand where they are used',
        others: 'who runs the server: this registry has no user name',
      },
    ],
    '6.3 Hijacking things in public areas': [
      {
        says: 'The key meta data or the reset button should be out of reach',
        others: 'who builds and installs the Thing',
      },
      {
        says: 'A KEY, and a short time without owner, lessen the danger',
        done: ['device-state: KEY > is made at the first start and kept', 'registry-rules: claim > fails without KEY'],
      },
    ],
    '6.4 Key meta information in searches': [
      {
        says: 'KEY among the key meta data is neither searched nor shown',
        done: [
          "registry-search: the operators > <strMask name='KEY' value='*' wildcard='*'/>",
          'registry-search: what is found > says tags in upper case and NFC, in their order, numbers with the digits they came with, never KEY',
        ],
      },
      {
        says: 'The Thing may change or remove key meta data after the claim',
        done: 'registry-rules: claim > is matched by the tags of the registration, whatever the Thing has updated since',
      },
      { says: 'Partial information is not enough to claim', done: 'registry-rules: claim > fails without one tag' },
      {
        says: 'The Thing may be removed from the registry',
        done: 'registry-rules: remove > takes an owned Thing out and owes it the news',
      },
    ],
    '6.5 KEY tag': [
      {
        says: 'KEY is not searchable and not in results',
        done: [
          "registry-search: the operators > <strEq name='key' value='apple'/>",
          'registry-search: what is found > says tags in upper case and NFC, in their order, numbers with the digits they came with, never KEY',
        ],
      },
      {
        says: 'The Thing should empty KEY after the claim',
        done: [
          'device: registration > empties its KEY once it is claimed, so that what a copied QR code says is worth nothing',
          'registry-handler: update > of KEY by the Thing empties it, and no more',
        ],
      },
      {
        says: 'It should not be learnt by looking into the database',
        done: 'registry-rules: register > never stores KEY, nor tags of an empty value',
      },
    ],
    '6.6 Tag name spam': [
      {
        says: 'The registry could limit the tags that it keeps',
        done: [
          'registry-rules: register > takes 64 tags and refuses 65, changing nothing',
          'registry-rules: update > counts tags after the change',
        ],
      },
      {
        MUST: 'It stores the predefined tags in any case',
        done: 'things: the predefined tags > can all be registered, found and shown, each of its kind',
      },
    ],
    '6.7 External services for creating QR-codes': [
      {
        says: 'An outside service that draws QR codes is used over HTTPS only',
        done: 'component: a QR code > is drawn here, by no service outside',
      },
    ],
  },
};
