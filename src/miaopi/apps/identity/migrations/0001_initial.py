import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Account',
            fields=[
                ('id', models.CharField(max_length=32, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=20)),
                ('pseudonym', models.CharField(max_length=64, unique=True)),
                ('registered_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('kind', 'natural_person')), name='account_kind')],
            },
        ),
        migrations.CreateModel(
            name='FailedSignIn',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('code_hash', models.CharField(max_length=64)),
                ('origin_hash', models.CharField(max_length=64)),
                ('failed_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['code_hash', 'failed_at'], name='failed_by_code'), models.Index(fields=['origin_hash', 'failed_at'], name='failed_by_origin')],
            },
        ),
        migrations.CreateModel(
            name='VerifiedIdentity',
            fields=[
                ('id', models.CharField(max_length=32, primary_key=True, serialize=False)),
                ('number_index', models.CharField(max_length=64, unique=True)),
                ('document_type', models.CharField(max_length=32)),
                ('sealed', models.BinaryField()),
                ('assurance_level', models.PositiveSmallIntegerField()),
                ('method', models.CharField(max_length=32)),
                ('verified_at', models.DateTimeField()),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='identities', to='identity.account')),
            ],
        ),
        migrations.CreateModel(
            name='Session',
            fields=[
                ('digest', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('id', models.CharField(max_length=32, unique=True)),
                ('assurance_level', models.PositiveSmallIntegerField()),
                ('method', models.CharField(max_length=32)),
                ('opened_at', models.DateTimeField()),
                ('seen_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(null=True)),
                ('identity', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sessions', to='identity.verifiedidentity')),
            ],
        ),
        migrations.AddConstraint(
            model_name='verifiedidentity',
            constraint=models.CheckConstraint(condition=models.Q(('assurance_level__range', (1, 3))), name='identity_assurance_level'),
        ),
    ]
