# Fills a fresh Request Tracker: queue Support with custom fields, a customer with a token, a
# stranger without any right on the queue, and queue Mail that anybody may write to.
# Prints shell assignments.
use strict;
use warnings;
use lib '/usr/share/request-tracker5/lib';
use RT;
RT::LoadConfig();
RT::Init();

my $system = RT->SystemUser;

sub must {
    my ($what, $ok, $message) = @_;
    die "$what: $message\n" unless $ok;
}

sub queue {
    my ($name) = @_;
    my $queue = RT::Queue->new($system);
    must("queue $name", $queue->Create(Name => $name, CorrespondAddress => lc($name) . '@desk.test'));
    return $queue;
}

sub grant {
    my ($principal, $object, @rights) = @_;
    $principal->GrantRight(Right => $_, Object => $object) for @rights;
}

my $support = queue('Support');
my @fields = (
    ['Serial',  'FreeformSingle'],
    ['State',   'SelectSingle', 'locked', 'unlocked'],
    ['Numbers', 'FreeformSingle', '(?#Digits)^[0-9]+$'],
);
for my $row (@fields) {
    my ($name, $type, @rest) = @$row;
    my $field = RT::CustomField->new($system);
    my @pattern = $name eq 'Numbers' ? (Pattern => shift @rest) : ();
    must("field $name", $field->Create(Name => $name, Type => $type,
        LookupType => 'RT::Queue-RT::Ticket', @pattern));
    $field->AddValue(Name => $_) for @rest;
    must("field $name", $field->AddToObject($support));
}

sub user {
    my ($name) = @_;
    my $user = RT::User->new($system);
    must("user $name", $user->Create(Name => $name, EmailAddress => "$name\@site.test", Privileged => 1));
    return $user;
}

my $customer = user('customer');
grant($customer->PrincipalObj, $support, qw(SeeQueue CreateTicket ShowTicket ReplyToTicket
    CommentOnTicket ModifyTicket SeeCustomField ModifyCustomField SetInitialCustomField Watch));
my $stranger = user('stranger');
my $root = RT::User->new($system);
$root->Load('root');

my $mail = queue('Mail');
my $everyone = RT::Group->new($system);
$everyone->LoadSystemInternalGroup('Everyone');
grant($everyone->PrincipalObj, $mail, qw(CreateTicket ReplyToTicket SeeQueue));

my %tokens = (RT_TOKEN => $customer, RT_TOKEN_STRANGER => $stranger, RT_TOKEN_ROOT => $root);
for my $name (sort keys %tokens) {
    my $token = RT::AuthToken->new($system);
    my ($ok, $message, $secret) = $token->Create(Owner => $tokens{$name}->id, Description => 'tests');
    must($name, $ok, $message);
    print "$name='$secret'\n";
}
print "RT_QUEUE='Support'\nRT_URL='http://127.0.0.1:$ENV{RT_PORT}'\n";
