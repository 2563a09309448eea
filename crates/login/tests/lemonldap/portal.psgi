# The portal. LemonLDAP::NG loads its module for captchas even if it shows none, and that module
# needs ImageMagick. This one does nothing.
package NoCaptcha;

use Mouse;

BEGIN { $INC{'NoCaptcha.pm'} = __FILE__ }

extends 'Lemonldap::NG::Portal::Main::Plugin';

sub init { 1 }

package main;

use Lemonldap::NG::Portal::Main;

Lemonldap::NG::Portal::Main->run( {} );
